using System.Text.Json;

namespace Lab.Trust.Oci;

/// <summary>An image manifest, which also is the form of every other artifact (image-spec, manifest.md).</summary>
public sealed record OciManifest(OciDescriptor Config, IReadOnlyList<OciDescriptor> Layers)
{
    /// <summary><see cref="OciMediaTypes.Manifest"/> or Docker's.</summary>
    public string MediaType { get; init; } = OciMediaTypes.Manifest;

    public string? ArtifactType { get; init; }

    /// <summary>The manifest that this one is about.</summary>
    public OciDescriptor? Subject { get; init; }

    /// <summary>Never <c>null</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <param name="content">Verified against its digest before.</param>
    /// <param name="mediaType">As the answer's Content-Type or the descriptor said; <c>null</c> where nothing did.</param>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/>, <see cref="OciErrorCode.TooLarge"/>.</exception>
    public static OciManifest Parse(ReadOnlyMemory<byte> content, string? mediaType = null) =>
        OciJson.Read(
            content,
            root =>
            {
                OciJson.RequireSchema(root);
                // Both shapes in one document are the confusion that manifests and indexes are attacked with.
                if (root.TryGetProperty("manifests", out _))
                {
                    throw OciJson.Invalid("a manifest may not have 'manifests'.");
                }
                return new OciManifest(
                    OciJson.Descriptor(OciJson.Required(root, "config", JsonValueKind.Object)),
                    OciJson.Descriptors(root, "layers")
                )
                {
                    MediaType = OciDocument.RequireType(root, mediaType, OciMediaTypes.IsManifest, "manifest"),
                    ArtifactType = OciJson.OptionalText(root, "artifactType"),
                    Subject = OciJson.Optional(root, "subject", JsonValueKind.Object) is { } subject
                        ? OciJson.Descriptor(subject)
                        : null,
                    Annotations = OciJson.Annotations(root),
                };
            }
        );

    /// <summary>The one layer of the media type.</summary>
    /// <exception cref="OciException"><see cref="OciErrorCode.Invalid"/> when there is none or more than one.</exception>
    public OciDescriptor Layer(string mediaType)
    {
        var found = Layers.Where(layer => layer.MediaType == mediaType).ToArray();
        return found.Length == 1 ? found[0] : throw OciJson.Invalid($"{found.Length} layers of type {mediaType}; one is needed.");
    }

    /// <summary>The document's bytes; equal manifests give equal bytes.</summary>
    public byte[] ToBytes() =>
        OciDocument.Write(writer =>
        {
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaType);
            if (ArtifactType is { } artifactType)
            {
                writer.WriteString("artifactType", artifactType);
            }
            writer.WritePropertyName("config");
            OciJson.Write(writer, Config);
            writer.WriteStartArray("layers");
            foreach (var layer in Layers)
            {
                OciJson.Write(writer, layer);
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
