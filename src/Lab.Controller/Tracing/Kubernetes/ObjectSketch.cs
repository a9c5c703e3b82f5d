using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>
/// Cuts an object down to what says whose it is and when it was changed: evidence is to hold no secrets that stand in a pod's
/// environment, and no more bytes than it takes.
/// </summary>
internal static class ObjectSketch
{
    private static readonly string[] Identity =
    [
        "name",
        "namespace",
        "uid",
        "generation",
        "creationTimestamp",
        "ownerReferences",
    ];

    /// <summary>The sketch.</summary>
    /// <param name="element">The object, of a list: it does not say its kind itself.</param>
    /// <param name="kind">The kind.</param>
    public static JsonElement Of(JsonElement element, string kind)
    {
        JsonElement? json = element;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteStartObject("metadata");
            foreach (var field in Identity)
            {
                Copy(writer, json, "metadata", field);
            }

            WriteLabels(writer, json);
            WriteChanges(writer, json);
            writer.WriteEndObject();
            if (json.Field("spec", "sourceRef") is { ValueKind: JsonValueKind.Object })
            {
                writer.WriteStartObject("spec");
                Copy(writer, json, "spec", "sourceRef");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static void WriteLabels(Utf8JsonWriter writer, JsonElement? json)
    {
        writer.WriteStartObject("labels");
        if (json.Field("metadata", "labels") is { ValueKind: JsonValueKind.Object } labels)
        {
            foreach (
                var label in labels.EnumerateObject().Where(label => label.Name.Contains(".fluxcd.io/", StringComparison.Ordinal))
            )
            {
                label.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter writer, JsonElement? json)
    {
        writer.WriteStartArray("managedFields");
        foreach (var entry in json.Items("metadata", "managedFields").Where(HasSpec))
        {
            writer.WriteStartObject();
            writer.WriteString("manager", entry.Text("manager"));
            writer.WriteString("operation", entry.Text("operation"));
            writer.WriteString("time", entry.Text("time"));
            writer.WriteStartObject("fieldsV1");
            writer.WriteStartObject("f:spec");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static bool HasSpec(JsonElement? entry) => entry.Field("fieldsV1", "f:spec") is not null;

    private static void Copy(Utf8JsonWriter writer, JsonElement? json, string parent, string field)
    {
        if (json.Field(parent, field) is { } value)
        {
            writer.WritePropertyName(field);
            value.WriteTo(writer);
        }
    }
}
