using System.Text.Json;

namespace Lab.Scenarios.Cluster;

/// <summary>Reads what scenarios look at in Kubernetes' objects; a field that is not there is empty.</summary>
internal static class KubernetesObject
{
    public static string Name(this JsonElement item) => item.Text("metadata", "name");

    /// <summary>The text at a path of fields.</summary>
    public static string Text(this JsonElement item, params ReadOnlySpan<string> path) =>
        item.Find(path) is { ValueKind: JsonValueKind.String } found ? found.GetString()! : "";

    /// <summary>Whether the condition of that type has the status <c>True</c>.</summary>
    public static bool Has(this JsonElement item, string condition) =>
        item.Find("status", "conditions") is { ValueKind: JsonValueKind.Array } conditions
        && conditions.EnumerateArray().Any(one => one.Text("type") == condition && one.Text("status") == "True");

    /// <summary>A pod that runs, is ready and is not on its way out.</summary>
    public static bool IsRunningPod(this JsonElement pod) =>
        pod.Text("status", "phase") == "Running" && pod.Has("Ready") && pod.Text("metadata", "deletionTimestamp").Length == 0;

    /// <summary>Whether the node is marked as taking no more pods.</summary>
    public static bool IsCordoned(this JsonElement node) =>
        node.Find("spec", "unschedulable") is { ValueKind: JsonValueKind.True };

    /// <summary>The element at a path of fields; undefined where there is none.</summary>
    public static JsonElement Find(this JsonElement item, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return default;
            }
        }

        return item;
    }
}
