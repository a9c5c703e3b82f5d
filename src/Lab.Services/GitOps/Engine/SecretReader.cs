using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Reads the Secrets that sources refer to.</summary>
internal sealed class SecretReader(KubeApi api)
{
    /// <exception cref="SourceException">There is none, with the reason given.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(
        string inNamespace,
        JsonNode? reference,
        string reason,
        CancellationToken cancellationToken
    )
    {
        if (KubeJson.Text(reference?["name"]) is not { } name)
            return new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var path = $"/api/v1/namespaces/{Uri.EscapeDataString(inNamespace)}/secrets/{Uri.EscapeDataString(name)}";
        var secret =
            await api.FindAsync(path, cancellationToken)
            ?? throw new SourceException(reason, $"failed to get secret '{inNamespace}/{name}': secrets \"{name}\" not found");
        try
        {
            return (secret["data"] as JsonObject ?? []).ToDictionary(
                pair => pair.Key,
                pair => Convert.FromBase64String(KubeJson.Text(pair.Value) ?? ""),
                StringComparer.Ordinal
            );
        }
        catch (FormatException exception)
        {
            throw new SourceException(reason, $"the secret '{inNamespace}/{name}' is not base64", inner: exception);
        }
    }
}
