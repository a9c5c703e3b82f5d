using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>
/// Takes over the fields that a hand with kubectl made: they become the engine's own, and so go when its next apply does not name them. Other
/// managers' fields stay theirs, as server-side apply means it.
/// </summary>
internal static class ManagedFields
{
    private static readonly string[] Hands = ["kubectl", "before-first-apply"];

    /// <summary>A JSON patch that hands them over; null when there is nothing to hand over.</summary>
    public static JsonArray? TakeOver(JsonObject live, string manager)
    {
        if (live["metadata"]?["managedFields"] is not JsonArray entries)
            return null;
        var taken = KubeJson.Objects(entries).Where(IsHand).ToList();
        if (taken.Count == 0)
            return null;
        var kept = KubeJson
            .Objects(entries)
            .Where(entry => !IsHand(entry))
            .Select(entry => (JsonObject)entry.DeepClone())
            .ToList();
        foreach (var entry in taken)
        {
            var version = KubeJson.Text(entry["apiVersion"]);
            var own = kept.FirstOrDefault(one =>
                KubeJson.Text(one["manager"]) == manager
                && KubeJson.Text(one["operation"]) == "Apply"
                && KubeJson.Text(one["apiVersion"]) == version
            );
            if (own is null)
            {
                own = (JsonObject)entry.DeepClone();
                own["manager"] = manager;
                own["operation"] = "Apply";
                kept.Add(own);
            }
            else if (entry["fieldsV1"] is JsonObject fields)
            {
                Unite(own.Ensure("fieldsV1"), fields);
            }
        }

        return
        [
            new JsonObject
            {
                ["op"] = "test",
                ["path"] = "/metadata/resourceVersion",
                ["value"] = live.ResourceVersion(),
            },
            new JsonObject
            {
                ["op"] = "replace",
                ["path"] = "/metadata/managedFields",
                ["value"] = new JsonArray([.. kept]),
            },
        ];
    }

    private static bool IsHand(JsonObject entry) =>
        KubeJson.Text(entry["subresource"]) is null or ""
        && KubeJson.Text(entry["manager"]) is { } manager
        && Array.Exists(Hands, hand => manager.StartsWith(hand, StringComparison.Ordinal));

    private static void Unite(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject there && value is JsonObject more)
                Unite(there, more);
            else if (!into.ContainsKey(name))
                into[name] = value?.DeepClone();
        }
    }
}
