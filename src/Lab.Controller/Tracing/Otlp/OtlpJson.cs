using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lab.Controller.Tracing.Otlp;

/// <summary>
/// Writes one ExportTraceServiceRequest in OTLP's JSON (OTLP specification 1.x, section "JSON Protobuf Encoding"): keys in lowerCamelCase,
/// ids in hexadecimal, enumerations as numbers, 64-bit integers as decimal strings. OpenTelemetry's own exporter is not used: it
/// can neither be given the ids of spans nor write JSON, and the same bytes are to be the file and the message.
/// </summary>
internal static class OtlpJson
{
    // The attributes of OpenTelemetry's conventions are named as in this version of them.
    private const string Schema = "https://opentelemetry.io/schemas/1.36.0";
    private const string Scope = "hwlab";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The request as UTF-8 on one line, as OpenTelemetry's file exporter writes and its file receivers read it.</summary>
    public static byte[] Write(IReadOnlyList<ResourceSpans> trace)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            WriteArray(json, "resourceSpans", trace.Where(group => group.Spans.Count > 0), WriteResource);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Nanoseconds since 1970, as fixed64 can hold them: until the year 2554.</summary>
    internal static string Nanoseconds(DateTimeOffset at)
    {
        var ticks = Math.Max(0, at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks);
        return ((ulong)UInt128.Min((UInt128)ticks * 100, ulong.MaxValue)).ToString(CultureInfo.InvariantCulture);
    }

    private static void WriteResource(Utf8JsonWriter json, ResourceSpans group)
    {
        json.WriteStartObject("resource");
        WriteAttributes(json, group.Resource);
        json.WriteEndObject();
        json.WriteStartArray("scopeSpans");
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", Scope);
        json.WriteEndObject();
        WriteArray(json, "spans", group.Spans, WriteSpan);
        json.WriteString("schemaUrl", Schema);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("schemaUrl", Schema);
    }

    private static void WriteSpan(Utf8JsonWriter json, Span span)
    {
        json.WriteString("traceId", span.TraceId);
        json.WriteString("spanId", span.SpanId);
        if (span.ParentSpanId is not null)
        {
            json.WriteString("parentSpanId", span.ParentSpanId);
        }

        json.WriteString("name", Clean(span.Name));
        json.WriteNumber("kind", (int)span.Kind);
        json.WriteString("startTimeUnixNano", Nanoseconds(span.Start));
        json.WriteString("endTimeUnixNano", Nanoseconds(span.End < span.Start ? span.Start : span.End));
        WriteAttributes(json, span.Attributes);
        WriteArray(json, "events", span.Events, WriteEvent);
        WriteArray(json, "links", span.Links, WriteLink);
        if (span.Status != SpanStatus.Unset)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", (int)span.Status);
            // The message belongs to errors only (OpenTelemetry specification, Trace API, "Set Status").
            if (span is { Status: SpanStatus.Error, StatusMessage: { Length: > 0 } message })
            {
                json.WriteString("message", Clean(message));
            }

            json.WriteEndObject();
        }
    }

    private static void WriteEvent(Utf8JsonWriter json, SpanEvent happened)
    {
        json.WriteString("timeUnixNano", Nanoseconds(happened.At));
        json.WriteString("name", Clean(happened.Name));
        WriteAttributes(json, happened.Attributes);
    }

    private static void WriteLink(Utf8JsonWriter json, SpanLink link)
    {
        json.WriteString("traceId", link.TraceId);
        json.WriteString("spanId", link.SpanId);
        WriteAttributes(json, link.Attributes);
    }

    /// <summary>Attributes; of several with one key the last one counts, as keys must be unique.</summary>
    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyList<SpanAttribute> attributes) =>
        WriteArray(
            json,
            "attributes",
            attributes.Reverse().DistinctBy(attribute => attribute.Key, StringComparer.Ordinal).Reverse(),
            (_, attribute) =>
            {
                json.WriteString("key", Clean(attribute.Key));
                json.WritePropertyName("value");
                if (attribute.Texts is { } texts)
                {
                    json.WriteStartObject();
                    json.WriteStartObject("arrayValue");
                    WriteArray(json, "values", texts, (_, text) => json.WriteString("stringValue", Clean(text)));
                    json.WriteEndObject();
                    json.WriteEndObject();
                    return;
                }

                json.WriteStartObject();
                if (attribute.Number is { } number)
                {
                    json.WriteString("intValue", number.ToString(CultureInfo.InvariantCulture));
                }
                else
                {
                    json.WriteString("stringValue", Clean(attribute.Text ?? ""));
                }

                json.WriteEndObject();
            }
        );

    private static void WriteArray<TItem>(
        Utf8JsonWriter json,
        string key,
        IEnumerable<TItem> items,
        Action<Utf8JsonWriter, TItem> write
    )
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Proto3 strings are valid Unicode: half of a surrogate pair, which boards may say, is not.</summary>
    private static string Clean(string text) =>
        text.Any(char.IsSurrogate) ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;
}
