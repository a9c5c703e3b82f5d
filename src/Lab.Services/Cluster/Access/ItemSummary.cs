using System.Text.Json;

namespace Lab.Services.Cluster.Access;

/// <summary>How Kubernetes objects stand, in a line each, for errors.</summary>
internal static class ItemSummary
{
    private const int MostItems = 20;

    public static string Of(IReadOnlyList<JsonElement> items) =>
        items.Count == 0
            ? "there are none"
            : string.Join("\n", items.Take(MostItems).Select(item => "  | " + Of(item)))
                + (items.Count > MostItems ? $"\n  | and {items.Count - MostItems} more" : "");

    private static string Of(JsonElement item)
    {
        var name = Text(item, "metadata", "name") ?? "?";
        var space = Text(item, "metadata", "namespace");
        string?[] words =
        [
            space is null ? name : $"{space}/{name}",
            Text(item, "spec", "nodeName") is { } node ? $"on {node}" : null,
            Text(item, "status", "phase"),
            .. Entries(item, "conditions").Select(Condition),
            .. Entries(item, "containerStatuses").Select(Container),
        ];
        return string.Join(" · ", words.OfType<string>());
    }

    private static string? Condition(JsonElement condition)
    {
        var reason = Text(condition, "reason") is { Length: > 0 } given ? $" ({given})" : "";
        var message = Text(condition, "status") == "True" ? "" : Tail(Text(condition, "message"));
        return $"{Text(condition, "type")}={Text(condition, "status")}{reason}{message}";
    }

    private static string? Container(JsonElement container) =>
        container.TryGetProperty("state", out var state) && state.TryGetProperty("waiting", out var waiting)
            ? $"{Text(container, "name")} waits: {Text(waiting, "reason")}{Tail(Text(waiting, "message"))}"
            : null;

    private static string Tail(string? message) => string.IsNullOrEmpty(message) ? "" : $": {message}";

    private static JsonElement.ArrayEnumerator Entries(JsonElement item, string name) =>
        item.TryGetProperty("status", out var status)
        && status.ValueKind == JsonValueKind.Object
        && status.TryGetProperty(name, out var entries)
        && entries.ValueKind == JsonValueKind.Array
            ? entries.EnumerateArray()
            : default;

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
