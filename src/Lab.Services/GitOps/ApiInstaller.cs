using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;
using Lab.Services.GitOps.Build;
using Lab.Services.GitOps.Health;

namespace Lab.Services.GitOps;

/// <summary>Installs the custom resource definitions that this program carries, and waits until they are served.</summary>
internal sealed class ApiInstaller(KubeApi api, TimeProvider time)
{
    private const string FieldManager = "hwlab";
    private static readonly string[] Files = ["gitrepositories.yaml", "ocirepositories.yaml", "kustomizations.yaml"];

    /// <summary>The definitions.</summary>
    public static IReadOnlyList<JsonObject> Definitions() => [.. Files.SelectMany(Read)];

    /// <exception cref="KubeApiException">The API refuses them.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public async Task InstallAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var definitions = Definitions();
        foreach (var definition in definitions)
        {
            var type = await api.Types.GetAsync(definition.ApiVersion(), definition.Kind(), cancellationToken);
            var path = $"{type.Object(definition.Key())}?fieldManager={FieldManager}&force=true";
            await api.PatchAsync(path, definition, KubeApi.ApplyPatch, cancellationToken);
        }

        await new HealthWaiter(api, time).WaitAsync([.. definitions.Select(InventoryEntry.Of)], patience, cancellationToken);
    }

    private static IReadOnlyList<JsonObject> Read(string file)
    {
        using var stream = typeof(ApiInstaller).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return ManifestBuilder.Read(reader.ReadToEnd());
    }
}
