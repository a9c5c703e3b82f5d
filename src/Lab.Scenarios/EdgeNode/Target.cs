using System.Text.Json;
using Lab.Model.Services;

namespace Lab.Scenarios.EdgeNode;

/// <summary>The OS that <c>edge-node</c> boots, as TUF and the registry name it.</summary>
internal static class Target
{
    public const string Name = "os/edge-node";
    public const string Repository = "edge-node";

    /// <summary>The positions of the layers in the manifest.</summary>
    public const int KernelLayer = 0;
    public const int InitrdLayer = 1;
    public const int CommandLineLayer = 2;

    /// <summary>One layer of the target that TUF names now: its digest and its bytes.</summary>
    public static async Task<(string Digest, byte[] Content)> ReadLayerAsync(
        ServiceSet services,
        int layer,
        CancellationToken cancellationToken
    )
    {
        var registry = services.Require<IRegistry>();
        var target = await services.Require<ITufRepository>().GetTargetDigestAsync(Name, cancellationToken);
        using var manifest = JsonDocument.Parse(await registry.ReadAsync(Repository, target, cancellationToken));
        var digest = manifest.RootElement.GetProperty("layers")[layer].GetProperty("digest").GetString()!;
        return (digest, await registry.ReadAsync(Repository, digest, cancellationToken));
    }
}
