using System.Text.RegularExpressions;

namespace Lab.Services.Registry;

/// <summary>A path below <c>/v2/</c>, taken apart. Repository names hold slashes, so the parts are found from the end.</summary>
internal sealed partial record RegistryRoute(RegistryRouteKind Kind, string Name, string Reference)
{
    private const int LongestName = 255;

    /// <exception cref="RegistryException">The path is none of the specification's, or a name in it is not well-formed.</exception>
    public static RegistryRoute Parse(string path)
    {
        if (path.Length == 0)
            return new RegistryRoute(RegistryRouteKind.Base, "", "");
        if (path == "_catalog")
            return new RegistryRoute(RegistryRouteKind.Catalog, "", "");
        var parts = path.Split('/');
        var route = FromEnd(parts) ?? throw RegistryException.NotFound();
        if (route.Name.Length > LongestName || !NamePattern().IsMatch(route.Name))
            throw RegistryException.NameInvalid();
        return route;
    }

    /// <summary>Whether a manifest reference is a tag, not a digest.</summary>
    public static bool IsTag(string reference) => TagPattern().IsMatch(reference);

    /// <summary>Whether a string is a repository name: the specification, "Pulling manifests".</summary>
    public static bool IsName(string name) => name.Length <= LongestName && NamePattern().IsMatch(name);

    private static RegistryRoute? FromEnd(string[] parts)
    {
        if (parts is [.. var beforeUploads, "blobs", "uploads", var upload])
            return upload.Length == 0
                ? new RegistryRoute(RegistryRouteKind.Uploads, Join(beforeUploads), "")
                : new RegistryRoute(RegistryRouteKind.Upload, Join(beforeUploads), upload);
        return parts switch
        {
            [.. var name, "blobs", "uploads"] => new RegistryRoute(RegistryRouteKind.Uploads, Join(name), ""),
            [.. var name, "blobs", var digest] => new RegistryRoute(RegistryRouteKind.Blob, Join(name), digest),
            [.. var name, "manifests", var reference] => new RegistryRoute(RegistryRouteKind.Manifest, Join(name), reference),
            [.. var name, "referrers", var digest] => new RegistryRoute(RegistryRouteKind.Referrers, Join(name), digest),
            [.. var name, "tags", "list"] => new RegistryRoute(RegistryRouteKind.Tags, Join(name), ""),
            _ => null,
        };
    }

    private static string Join(string[] parts) => string.Join('/', parts);

    [GeneratedRegex(
        @"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex TagPattern();
}
