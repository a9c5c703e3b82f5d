using Lab.Services.Registry;

namespace Lab.Services.GitOps.Sources;

/// <summary>Where an artifact is: <c>oci://host[:port]/repository</c>, without tag or digest, which <c>spec.ref</c> names.</summary>
/// <param name="Registry">The registry's origin.</param>
/// <param name="Repository">The repository in it.</param>
internal sealed record OciAddress(Uri Registry, string Repository)
{
    private const string Scheme = "oci://";

    /// <param name="url"><c>spec.url</c>.</param>
    /// <param name="insecure">Whether the registry is spoken to over plain HTTP.</param>
    /// <exception cref="SourceException">It is no such address.</exception>
    public static OciAddress Parse(string url, bool insecure)
    {
        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
            throw Invalid(url, $"it does not start with {Scheme}");
        var rest = url[Scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            throw Invalid(url, "it names no repository");
        var (authority, repository) = (rest[..slash], rest[(slash + 1)..]);
        if (
            authority.Contains('@', StringComparison.Ordinal)
            || !Uri.TryCreate($"{(insecure ? "http" : "https")}://{authority}/", UriKind.Absolute, out var registry)
            || registry.AbsolutePath != "/"
            || registry.Query.Length > 0
            || registry.Fragment.Length > 0
        )
            throw Invalid(url, $"'{authority}' is no host");
        if (!RegistryRoute.IsName(repository))
            throw Invalid(url, $"'{repository}' is no repository; a tag or digest belongs into spec.ref");
        return new OciAddress(registry, repository);
    }

    private static SourceException Invalid(string url, string why) =>
        new(SourceException.UrlInvalid, $"the address '{url}' is not valid: {why}", stalled: true);
}
