using System.Collections.Concurrent;

namespace Lab.Services.GitOps.Api;

/// <summary>Which kinds the API serves and where: discovery, remembered until a kind is asked for that is not known.</summary>
internal sealed class ResourceCatalog(KubeApi api)
{
    private readonly ConcurrentDictionary<(string ApiVersion, string Kind), ResourceType> _known = new();

    /// <exception cref="KubeApiException">The API does not serve that kind (404).</exception>
    public async Task<ResourceType> GetAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((apiVersion, kind), out var type))
            return type;
        await DiscoverAsync(apiVersion, cancellationToken);
        return _known.TryGetValue((apiVersion, kind), out type)
            ? type
            : throw new KubeApiException(
                System.Net.HttpStatusCode.NotFound,
                "NotFound",
                $"no matches for kind \"{kind}\" in version \"{apiVersion}\""
            );
    }

    /// <summary>A kind by its group, in whichever version the API prefers; what an inventory without versions needs.</summary>
    public Task<ResourceType> GetAsync(string group, string version, string kind, CancellationToken cancellationToken) =>
        GetAsync(group.Length == 0 ? version : $"{group}/{version}", kind, cancellationToken);

    private async Task DiscoverAsync(string apiVersion, CancellationToken cancellationToken)
    {
        var path = apiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{apiVersion}" : $"/api/{apiVersion}";
        if (await api.FindAsync(path, cancellationToken) is not { } answer)
            return;
        foreach (var resource in KubeJson.Objects(answer["resources"]))
        {
            var plural = KubeJson.Text(resource["name"]) ?? "";
            var kind = KubeJson.Text(resource["kind"]) ?? "";
            // The others are subresources.
            if (!plural.Contains('/', StringComparison.Ordinal))
                _known[(apiVersion, kind)] = new ResourceType(apiVersion, kind, plural, KubeJson.Flag(resource["namespaced"]));
        }
    }
}
