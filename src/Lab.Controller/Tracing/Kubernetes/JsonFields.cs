using System.Globalization;
using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>Reads fields of JSON of which nothing is known: what is missing or of another type is not there.</summary>
internal static class JsonFields
{
    public static JsonElement? Field(this JsonElement? json, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            json = json is { ValueKind: JsonValueKind.Object } && json.Value.TryGetProperty(key, out var value) ? value : null;
        }

        return json is { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : json;
    }

    public static string Text(this JsonElement? json, params ReadOnlySpan<string> path) =>
        json.Field(path) is { ValueKind: JsonValueKind.String } value ? ReadText(value) : "";

    public static long Number(this JsonElement? json, params ReadOnlySpan<string> path) =>
        json.Field(path) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    public static DateTimeOffset? Time(this JsonElement? json, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(
            json.Text(path),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
        && time > DateTimeOffset.UnixEpoch
            ? time
            : null;

    public static IEnumerable<JsonElement?> Items(this JsonElement? json, params ReadOnlySpan<string> path) =>
        json.Field(path) is { ValueKind: JsonValueKind.Array } value
            ? value.EnumerateArray().Select(item => (JsonElement?)item)
            : [];

    private static string ReadText(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair.
            return "";
        }
    }
}
