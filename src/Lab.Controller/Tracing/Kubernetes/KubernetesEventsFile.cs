using System.Text.Encodings.Web;
using System.Text.Json;
using Lab.Controller.Runs;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>The evidence in which a run keeps what its cluster said, schema <c>hwlab.kubernetes-events/1</c>.</summary>
internal static class KubernetesEventsFile
{
    /// <summary>The file, relative to the run's folder.</summary>
    public const string Name = $"{RunFolder.Services}/cluster/events.json";

    private const string Schema = "hwlab.kubernetes-events/1";
    private const int MostBytes = 64 << 20;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        NewLine = "\n",
    };

    public static byte[] Write(KubernetesRecords records)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            WriteAll(json, "events", records.Events);
            WriteAll(json, "objects", records.Objects);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Reads what a run kept. A folder that has none, or something else under its name, has no events.</summary>
    public static KubernetesRecords Read(RunFolder folder)
    {
        var bytes = folder.TryRead(Name);
        if (bytes is null || bytes.Length > MostBytes)
        {
            return KubernetesRecords.None;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            JsonElement? json = document.RootElement.Clone();
            return json.Text("schema") == Schema
                ? new KubernetesRecords(
                    [.. json.Items("events").OfType<JsonElement>()],
                    [.. json.Items("objects").OfType<JsonElement>()]
                )
                : KubernetesRecords.None;
        }
        catch (JsonException)
        {
            return KubernetesRecords.None;
        }
    }

    private static void WriteAll(Utf8JsonWriter json, string key, IReadOnlyList<JsonElement> items)
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            item.WriteTo(json);
        }

        json.WriteEndArray();
    }
}
