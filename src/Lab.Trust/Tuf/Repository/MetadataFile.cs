using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lab.Trust.Tuf.Repository;

/// <summary>Turns a <c>signed</c> object into a signed file.</summary>
internal static class MetadataFile
{
    public static byte[] Sign(JsonObject signed, IEnumerable<ITufSigner> signers)
    {
        var canonical = Canonical(signed);
        var signatures = new JsonArray();
        foreach (var signer in signers)
        {
            JsonNode signature = new JsonObject
            {
                ["keyid"] = TufKeyId.Of(signer.Key),
                ["sig"] = Convert.ToHexStringLower(signer.Sign(canonical)),
            };
            signatures.Add(signature);
        }
        return Write(new JsonObject { ["signatures"] = signatures, ["signed"] = signed.DeepClone() }, indented: true);
    }

    public static byte[] Canonical(JsonObject value)
    {
        using var document = JsonDocument.Parse(Write(value, indented: false));
        return CanonicalJson.Encode(document.RootElement);
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JsonArray Texts(IEnumerable<string> items)
    {
        var array = new JsonArray();
        foreach (var item in items)
        {
            JsonNode node = item;
            array.Add(node);
        }
        return array;
    }

    private static byte[] Write(JsonObject value, bool indented)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var options = new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Indented = indented,
            NewLine = "\n",
        };
        using (var writer = new Utf8JsonWriter(output, options))
        {
            value.WriteTo(writer);
        }
        return output.WrittenSpan.ToArray();
    }
}
