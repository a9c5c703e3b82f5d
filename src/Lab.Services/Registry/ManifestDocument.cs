using System.Text.Json;

namespace Lab.Services.Registry;

/// <summary>What a registry must know of a manifest or index: OCI image-spec 1.1, and Docker's schema 2 of the same shape.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="ArtifactType">Its artifact type: the field's, or the config's media type.</param>
/// <param name="Blobs">Config and layers.</param>
/// <param name="Manifests">The manifests that an index names.</param>
/// <param name="Subject">What it refers to, if anything.</param>
/// <param name="Annotations">Its annotations, as JSON; null when there are none.</param>
internal sealed record ManifestDocument(
    string MediaType,
    string? ArtifactType,
    IReadOnlyList<ContentDigest> Blobs,
    IReadOnlyList<ContentDigest> Manifests,
    ContentDigest? Subject,
    JsonElement? Annotations
)
{
    private const int Deepest = 16;

    private static readonly string[] ImageTypes =
    [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private static readonly string[] IndexTypes =
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    /// <exception cref="RegistryException">It is not a manifest, or not of the type that the client says.</exception>
    public static ManifestDocument Parse(ReadOnlyMemory<byte> content, string? contentType)
    {
        try
        {
            using var json = JsonDocument.Parse(
                content,
                new JsonDocumentOptions { MaxDepth = Deepest, AllowDuplicateProperties = false }
            );
            return Read(json.RootElement, contentType);
        }
        catch (JsonException exception)
        {
            throw RegistryException.ManifestInvalid($"not JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw RegistryException.ManifestInvalid("a field is missing or of the wrong type");
        }
    }

    private static ManifestDocument Read(JsonElement root, string? contentType)
    {
        if (root.GetProperty("schemaVersion").GetInt32() != 2)
            throw RegistryException.ManifestInvalid("schemaVersion is not 2");
        var mediaType = Text(root, "mediaType") ?? contentType ?? throw RegistryException.ManifestInvalid("no media type");
        if (contentType is not null && contentType != mediaType)
            throw RegistryException.ManifestInvalid($"Content-Type is {contentType} and mediaType {mediaType}");
        // Image-spec: a document with both shapes could be read as either; a client and a verifier may differ.
        if (
            root.TryGetProperty("manifests", out _)
            && (root.TryGetProperty("layers", out _) || root.TryGetProperty("config", out _))
        )
            throw RegistryException.ManifestInvalid("both a manifest and an index");
        var subject = root.TryGetProperty("subject", out var refersTo) ? (ContentDigest?)DigestOf(refersTo) : null;
        var annotations = root.TryGetProperty("annotations", out var notes) ? CheckedNotes(notes) : (JsonElement?)null;
        if (ImageTypes.Contains(mediaType, StringComparer.Ordinal))
        {
            var config = root.GetProperty("config");
            ContentDigest[] blobs = [DigestOf(config), .. root.GetProperty("layers").EnumerateArray().Select(DigestOf)];
            return new ManifestDocument(
                mediaType,
                Text(root, "artifactType") ?? Text(config, "mediaType"),
                blobs,
                [],
                subject,
                annotations
            );
        }
        if (!IndexTypes.Contains(mediaType, StringComparer.Ordinal))
            throw RegistryException.ManifestInvalid($"the media type {mediaType} is not known");
        ContentDigest[] manifests = [.. root.GetProperty("manifests").EnumerateArray().Select(DigestOf)];
        return new ManifestDocument(mediaType, Text(root, "artifactType"), [], manifests, subject, annotations);
    }

    private static JsonElement CheckedNotes(JsonElement notes)
    {
        foreach (var note in notes.EnumerateObject())
            _ = note.Value.ValueKind == JsonValueKind.String ? note : throw new FormatException();
        return notes.Clone();
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static ContentDigest DigestOf(JsonElement descriptor)
    {
        if (descriptor.GetProperty("size").GetInt64() < 0 || Text(descriptor, "mediaType") is not { Length: > 0 })
            throw RegistryException.ManifestInvalid("a descriptor without a media type or with a negative size");
        return ContentDigest.TryParse(Text(descriptor, "digest"), out var digest)
            ? digest
            : throw RegistryException.ManifestInvalid("a descriptor's digest is not sha256");
    }
}
