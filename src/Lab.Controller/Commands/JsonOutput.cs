using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lab.Controller.Commands;

/// <summary>Writes the answer of a command as JSON.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes one object and ends the line.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>Writes a list as <c>{ "nouns": [ {…}, … ] }</c>.</summary>
    public static void WriteList<TItem>(
        TextWriter output,
        string nouns,
        IEnumerable<TItem> items,
        Action<Utf8JsonWriter, TItem> body
    ) => Write(output, json => WriteArray(json, nouns, items, body));

    /// <summary>Writes an array of objects under a key.</summary>
    public static void WriteArray<TItem>(
        Utf8JsonWriter json,
        string key,
        IEnumerable<TItem> items,
        Action<Utf8JsonWriter, TItem> body
    )
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            json.WriteStartObject();
            body(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
