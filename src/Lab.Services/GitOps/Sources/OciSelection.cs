using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lab.Services.GitOps.Api;
using Lab.Services.Registry;
using Lab.Trust.Oci;

namespace Lab.Services.GitOps.Sources;

/// <summary>Which artifact <c>spec.ref</c> of an OCIRepository asks for: a digest goes before a version range, that before a tag.</summary>
/// <param name="Digest">The digest.</param>
/// <param name="Semver">The range.</param>
/// <param name="Filter">What tags must match to be looked at for the range.</param>
/// <param name="Tag">The tag; <c>latest</c> where nothing is said.</param>
internal sealed record OciSelection(OciDigest? Digest, SemverRange? Semver, Regex? Filter, string Tag)
{
    private const string DefaultTag = "latest";
    private const int LongestFilter = 256;

    /// <exception cref="SourceException">It is none.</exception>
    public static OciSelection Read(JsonObject? reference)
    {
        var digest = Text(reference, "digest");
        var tag = Text(reference, "tag") ?? DefaultTag;
        if (digest is not null && OciDigest.TryParse(digest) is null)
            throw Invalid($"'{digest}' is no digest");
        if (!RegistryRoute.IsTag(tag))
            throw Invalid($"'{tag}' is no tag");
        return new OciSelection(
            OciDigest.TryParse(digest),
            Text(reference, "semver") is { } range ? RangeOf(range) : null,
            Text(reference, "semverFilter") is { } filter ? FilterOf(filter) : null,
            tag
        );
    }

    /// <summary>The tag to pull, where the reference is no digest.</summary>
    /// <exception cref="SourceException">No tag is in the range.</exception>
    public async Task<string> ChooseAsync(OciClient client, string repository, CancellationToken cancellationToken)
    {
        if (Semver is null)
            return Tag;
        var tags = await client.ListTagsAsync(repository, cancellationToken);
        return Semver.Choose(tags.Where(tag => Filter?.IsMatch(tag) != false))
            ?? throw new SourceException(
                SourceException.OciPullFailed,
                $"no match found among {tags.Count} tags for the version range"
            );
    }

    private static SemverRange RangeOf(string text)
    {
        try
        {
            return SemverRange.Parse(text);
        }
        catch (FormatException exception)
        {
            throw Invalid($"semver: {exception.Message}");
        }
    }

    // Flux takes Go's expressions, which like these are matched in linear time.
    private static Regex FilterOf(string text)
    {
        try
        {
            return text.Length <= LongestFilter
                ? new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
                : throw Invalid($"semverFilter has more than {LongestFilter} characters");
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Invalid($"semverFilter: {exception.Message}");
        }
    }

    private static string? Text(JsonObject? reference, string field) =>
        KubeJson.Text(reference?[field]) is { Length: > 0 } text ? text : null;

    private static SourceException Invalid(string message) =>
        new(SourceException.OciPullFailed, $"invalid spec.ref: {message}", stalled: true);
}
