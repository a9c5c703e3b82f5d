using System.Security.Cryptography;
using System.Text.Json;

namespace Lab.Services.Registry;

/// <summary>Pulls an image as a node does and throws it away: whether a node that cannot have it is to blame.</summary>
internal static class RegistryProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Pulls.</summary>
    /// <returns>Why it cannot be had; null when it is served whole.</returns>
    public static async Task<string?> FindFaultAsync(
        Uri origin,
        string repository,
        string reference,
        CancellationToken cancellationToken
    )
    {
        using var client = new HttpClient { BaseAddress = origin, Timeout = Patience };
        var path = $"/v2/{repository}/manifests/{reference}";
        try
        {
            using var manifest = JsonDocument.Parse(await client.GetByteArrayAsync(path, cancellationToken));
            foreach (var digest in BlobsOf(manifest.RootElement))
            {
                path = $"/v2/{repository}/blobs/{digest}";
                await using var content = await client.GetStreamAsync(path, cancellationToken);
                var found = $"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken))}";
                if (found != digest)
                    return $"GET {path} gives {found}";
            }
            return null;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or JsonException or KeyNotFoundException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return $"GET {path}: {exception.Message}";
        }
    }

    private static IEnumerable<string> BlobsOf(JsonElement manifest) =>
        manifest
            .GetProperty("layers")
            .EnumerateArray()
            .Prepend(manifest.GetProperty("config"))
            .Select(blob => blob.GetProperty("digest").GetString() ?? "");
}
