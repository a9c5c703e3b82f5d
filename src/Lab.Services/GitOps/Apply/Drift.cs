using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>Whether an object in the cluster differs from what applying would make of it.</summary>
internal static class Drift
{
    private static readonly string[] ServersOwn =
    [
        "managedFields",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "uid",
        "selfLink",
    ];

    /// <summary>Whether they differ in anything but what the server keeps for itself.</summary>
    public static bool Exists(JsonObject live, JsonObject applied) => !JsonNode.DeepEquals(Comparable(live), Comparable(applied));

    /// <summary>The paths at which they differ, with both values; values of Secrets are not told.</summary>
    public static IReadOnlyList<string> Describe(JsonObject? live, JsonObject applied)
    {
        var lines = new List<string>();
        Compare("", live is null ? null : Comparable(live), Comparable(applied), applied.Kind() == "Secret", lines);
        return lines;
    }

    private static JsonObject Comparable(JsonObject item)
    {
        var copy = (JsonObject)item.DeepClone();
        copy.Remove("status");
        if (copy["metadata"] is JsonObject metadata)
        {
            foreach (var field in ServersOwn)
            {
                metadata.Remove(field);
            }
        }

        return copy;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, bool isSecret, List<string> lines)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (before is JsonObject left && after is JsonObject right)
        {
            foreach (
                var name in left.Select(pair => pair.Key)
                    .Union(right.Select(pair => pair.Key), StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
            )
            {
                Compare($"{path}.{name}", left[name], right[name], isSecret, lines);
            }
        }
        else if (before is JsonArray first && after is JsonArray second && first.Count == second.Count)
        {
            for (var index = 0; index < first.Count; index++)
            {
                Compare($"{path}[{index}]", first[index], second[index], isSecret, lines);
            }
        }
        else
        {
            lines.Add($"{path}: {Show(before, path, isSecret)} → {Show(after, path, isSecret)}");
        }
    }

    private static string Show(JsonNode? value, string path, bool isSecret) =>
        value is null ? "(none)"
        : isSecret && (path.StartsWith(".data", StringComparison.Ordinal) || path.Length == 0) ? "(secret)"
        : new StringBuilder(value.ToJsonString()) is var text && text.Length > 200 ? text.ToString(0, 200) + "…"
        : value.ToJsonString();
}
