namespace Lab.Services.GitOps.Api;

/// <summary>A kind as the API serves it.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>; <c>v1</c> for the core group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Namespaced">Whether its objects live in namespaces.</param>
internal sealed record ResourceType(string ApiVersion, string Kind, string Plural, bool Namespaced)
{
    public string Group => GroupOf(ApiVersion);

    /// <summary>The path of a collection; of all namespaces when none is given.</summary>
    public string Collection(string? inNamespace)
    {
        var root = ApiVersion.Contains('/', StringComparison.Ordinal) ? $"/apis/{ApiVersion}" : $"/api/{ApiVersion}";
        return Namespaced && !string.IsNullOrEmpty(inNamespace)
            ? $"{root}/namespaces/{Uri.EscapeDataString(inNamespace)}/{Plural}"
            : $"{root}/{Plural}";
    }

    /// <summary>The path of one object.</summary>
    public string Object(ObjectKey key) => $"{Collection(key.Namespace)}/{Uri.EscapeDataString(key.Name)}";

    public static string GroupOf(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? apiVersion[..slash] : "";

    public static string VersionOf(string apiVersion) => apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
