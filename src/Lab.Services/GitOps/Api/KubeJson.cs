using System.Text.Json.Nodes;

namespace Lab.Services.GitOps.Api;

/// <summary>The fields that all Kubernetes objects have, read from objects of any kind.</summary>
internal static class KubeJson
{
    public static string ApiVersion(this JsonObject item) => Text(item["apiVersion"]) ?? "";

    public static string Kind(this JsonObject item) => Text(item["kind"]) ?? "";

    public static string Name(this JsonObject item) => Text(item["metadata"]?["name"]) ?? "";

    public static string Namespace(this JsonObject item) => Text(item["metadata"]?["namespace"]) ?? "";

    public static string Uid(this JsonObject item) => Text(item["metadata"]?["uid"]) ?? "";

    public static string ResourceVersion(this JsonObject item) => Text(item["metadata"]?["resourceVersion"]) ?? "";

    public static ObjectKey Key(this JsonObject item) => new(item.Namespace(), item.Name());

    public static long Generation(this JsonObject item) => Number(item["metadata"]?["generation"]) ?? 0;

    public static bool IsBeingDeleted(this JsonObject item) => item["metadata"]?["deletionTimestamp"] is not null;

    public static string? Annotation(this JsonObject item, string name) => Text(Child(item, "metadata", "annotations")?[name]);

    public static string? Label(this JsonObject item, string name) => Text(Child(item, "metadata", "labels")?[name]);

    /// <summary>The spec; empty where there is none.</summary>
    public static JsonObject Spec(this JsonObject item) => item["spec"] as JsonObject ?? [];

    /// <summary>The status; empty where there is none.</summary>
    public static JsonObject Status(this JsonObject item) => item["status"] as JsonObject ?? [];

    /// <summary>The conditions of the status.</summary>
    public static IEnumerable<JsonObject> Conditions(this JsonObject item) =>
        item.Status()["conditions"] is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>A condition by its type, or null.</summary>
    public static JsonObject? Condition(this JsonObject item, string type) =>
        item.Conditions().FirstOrDefault(condition => Text(condition["type"]) == type);

    /// <summary>An object some steps down, or null.</summary>
    public static JsonObject? Child(this JsonObject item, params ReadOnlySpan<string> path)
    {
        JsonObject? current = item;
        foreach (var step in path)
        {
            current = current?[step] as JsonObject;
        }

        return current;
    }

    /// <summary>An object under a name, made when it is not there.</summary>
    public static JsonObject Ensure(this JsonObject item, string name)
    {
        if (item[name] is JsonObject there)
            return there;
        var made = new JsonObject();
        item[name] = made;
        return made;
    }

    /// <summary>The string in a node; null when it is none.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The integer in a node; null when it is none.</summary>
    public static long? Number(JsonNode? node)
    {
        if (node is not JsonValue value)
            return null;
        if (value.TryGetValue(out long number))
            return number;
        return value.TryGetValue(out int small) ? small : null;
    }

    /// <summary>The truth value in a node; false when it is none.</summary>
    public static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    /// <summary>The objects of a list in a node; none when it is no list.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => node is JsonArray list ? list.OfType<JsonObject>() : [];
}
