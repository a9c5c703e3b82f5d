using System.Text.Json;
using System.Text.Unicode;

namespace Lab.Trust.Oci;

/// <summary>Strict reading of untrusted OCI documents: duplicate members, wrong kinds and oversized lists are errors.</summary>
internal static class OciJson
{
    /// <summary>Our limit on layers, index entries and annotations of one document.</summary>
    public const int MaximumItems = 4096;

    private const int MaximumDepth = 32;

    public static OciException Invalid(string what, Exception? inner = null) =>
        new(OciErrorCode.Invalid, $"OCI document: {what}", inner);

    /// <summary>Runs <paramref name="read"/> on the document's root object.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> content, Func<JsonElement, T> read)
    {
        try
        {
            if (!Utf8.IsValid(content.Span))
            {
                throw Invalid("not UTF-8.");
            }
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaximumDepth };
            using var document = JsonDocument.Parse(content, options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw Invalid("not an object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid(e.Message, e);
        }
    }

    public static JsonElement? Optional(JsonElement parent, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return null;
        }
        return value.ValueKind == kind ? value : throw Invalid($"'{name}' is not of kind {kind}.");
    }

    public static JsonElement Required(JsonElement parent, string name, JsonValueKind kind) =>
        Optional(parent, name, kind) ?? throw Invalid($"'{name}' is missing.");

    public static string? OptionalText(JsonElement parent, string name) =>
        Optional(parent, name, JsonValueKind.String)?.GetString();

    public static string Text(JsonElement parent, string name) =>
        OptionalText(parent, name) ?? throw Invalid($"'{name}' is missing.");

    public static void RequireSchema(JsonElement root)
    {
        if (!Required(root, "schemaVersion", JsonValueKind.Number).TryGetInt32(out var version) || version != 2)
        {
            throw Invalid("'schemaVersion' is not 2.");
        }
    }

    public static IReadOnlyList<OciDescriptor> Descriptors(JsonElement parent, string name)
    {
        var array = Required(parent, name, JsonValueKind.Array);
        if (array.GetArrayLength() > MaximumItems)
        {
            throw new OciException(OciErrorCode.TooLarge, $"'{name}' has more than {MaximumItems} items.");
        }
        return array.EnumerateArray().Select(Descriptor).ToArray();
    }

    public static OciDescriptor Descriptor(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Invalid("a descriptor is not an object.");
        }
        var type = Text(element, "mediaType");
        if (!IsMediaType(type))
        {
            throw Invalid($"not a media type: '{type}'.");
        }
        if (!Required(element, "size", JsonValueKind.Number).TryGetInt64(out var size) || size < 0)
        {
            throw Invalid("'size' is not a number of bytes.");
        }
        return new OciDescriptor(type, OciDigest.Parse(Text(element, "digest")), size)
        {
            ArtifactType = OptionalText(element, "artifactType"),
            Annotations = Annotations(element),
            Platform = Optional(element, "platform", JsonValueKind.Object) is { } platform
                ? new OciPlatform(Text(platform, "architecture"), Text(platform, "os"), OptionalText(platform, "variant"))
                : null,
        };
    }

    public static IReadOnlyDictionary<string, string> Annotations(JsonElement parent)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        // Real writers emit "annotations": null.
        if (parent.TryGetProperty("annotations", out var value) && value.ValueKind is not JsonValueKind.Null)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                throw Invalid("'annotations' is not an object.");
            }
            foreach (var member in value.EnumerateObject())
            {
                if (annotations.Count == MaximumItems || member.Value.ValueKind != JsonValueKind.String)
                {
                    throw Invalid("'annotations' has too many members or one that is not text.");
                }
                annotations[member.Name] = member.Value.GetString()!;
            }
        }
        return annotations;
    }

    public static void Write(Utf8JsonWriter writer, OciDescriptor descriptor)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", descriptor.MediaType);
        writer.WriteString("digest", descriptor.Digest.ToString());
        writer.WriteNumber("size", descriptor.Size);
        if (descriptor.ArtifactType is { } artifactType)
        {
            writer.WriteString("artifactType", artifactType);
        }
        if (descriptor.Platform is { } platform)
        {
            writer.WriteStartObject("platform");
            writer.WriteString("architecture", platform.Architecture);
            writer.WriteString("os", platform.OperatingSystem);
            if (platform.Variant is { } variant)
            {
                writer.WriteString("variant", variant);
            }
            writer.WriteEndObject();
        }
        WriteAnnotations(writer, descriptor.Annotations);
        writer.WriteEndObject();
    }

    public static void WriteAnnotations(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }
        writer.WriteStartObject("annotations");
        // Sorted, so that equal content gives equal bytes and so an equal digest.
        foreach (var (name, value) in annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, value);
        }
        writer.WriteEndObject();
    }

    /// <summary>RFC 6838, 4.2: restricted names around one slash.</summary>
    private static bool IsMediaType(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2
            && parts.All(part =>
                part.Length is > 0 and < 128
                && char.IsAsciiLetterOrDigit(part[0])
                && part.All(c => char.IsAsciiLetterOrDigit(c) || "!#$&-^_.+".Contains(c, StringComparison.Ordinal))
            );
    }
}
