using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lab.Trust.Oci;

/// <summary>What manifests and indexes share.</summary>
internal static class OciDocument
{
    /// <summary>
    /// The document's type. The declared one and the one from outside must agree; one of them must be there
    /// (image-spec: <c>mediaType</c> is optional in old documents).
    /// </summary>
    public static string RequireType(JsonElement root, string? outer, Func<string, bool> fits, string kind)
    {
        var declared = OciJson.OptionalText(root, "mediaType");
        if (declared is not null && outer is not null && declared != outer)
        {
            throw OciJson.Invalid($"it says '{declared}' of itself, and came as '{outer}'.");
        }
        var type = declared ?? outer ?? throw OciJson.Invalid("no media type is known.");
        return fits(type) ? type : throw OciJson.Invalid($"'{type}' is not the type of a {kind}.");
    }

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        // Plus signs of media types stay readable; nothing here is put into HTML.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(output, options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }
}
