using System.Text.Json;

namespace Lab.Trust.Oci;

/// <summary>A list of manifests, for platforms or as referrers (image-spec, image-index.md).</summary>
public sealed record OciIndex(IReadOnlyList<OciDescriptor> Manifests)
{
    /// <summary><see cref="OciMediaTypes.Index"/> or Docker's.</summary>
    public string MediaType { get; init; } = OciMediaTypes.Index;

    public string? ArtifactType { get; init; }

    /// <summary>The manifest that this index is about.</summary>
    public OciDescriptor? Subject { get; init; }

    /// <summary>Never <c>null</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <param name="content">Verified against its digest before, where there is one.</param>
    /// <param name="mediaType">As the answer's Content-Type or the descriptor said; <c>null</c> where nothing did.</param>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>, <see cref="OciErrorCode.TooLarge"/>.</exception>
    public static OciIndex Parse(ReadOnlyMemory<byte> content, string? mediaType = null) =>
        OciJson.Read(
            content,
            root =>
            {
                OciJson.RequireSchema(root);
                if (root.TryGetProperty("layers", out _) || root.TryGetProperty("config", out _))
                {
                    throw OciJson.Invalid("an index may not have 'layers' or 'config'.");
                }
                return new OciIndex(OciJson.Descriptors(root, "manifests"))
                {
                    MediaType = OciDocument.RequireType(root, mediaType, OciMediaTypes.IsIndex, "index"),
                    ArtifactType = OciJson.OptionalText(root, "artifactType"),
                    Subject = OciJson.Optional(root, "subject", JsonValueKind.Object) is { } subject
                        ? OciJson.Descriptor(subject)
                        : null,
                    Annotations = OciJson.Annotations(root),
                };
            }
        );

    /// <summary>The first manifest for the platform (image-spec: "the first matching entry SHOULD be used").</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.NotFound"/>.</exception>
    public OciDescriptor Select(OciPlatform platform) =>
        Manifests.FirstOrDefault(entry => entry.Platform is { } offered && platform.Accepts(offered))
        ?? throw new OciException(
            OciErrorCode.NotFound,
            $"The index has no manifest for {platform.OperatingSystem}/{platform.Architecture} {platform.Variant}."
        );

    /// <summary>The document's bytes; equal indexes give equal bytes.</summary>
    public byte[] ToBytes() =>
        OciDocument.Write(writer =>
        {
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaType);
            if (ArtifactType is { } artifactType)
            {
                writer.WriteString("artifactType", artifactType);
            }
            writer.WriteStartArray("manifests");
            foreach (var manifest in Manifests)
            {
                OciJson.Write(writer, manifest);
            }
            writer.WriteEndArray();
            if (Subject is { } subject)
            {
                writer.WritePropertyName("subject");
                OciJson.Write(writer, subject);
            }
            OciJson.WriteAnnotations(writer, Annotations);
        });
}
