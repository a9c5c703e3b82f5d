using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>One entry of <c>status.inventory.entries</c>.</summary>
/// <param name="Id">The object.</param>
/// <param name="Version">The version of its API.</param>
internal sealed record InventoryEntry(ObjectId Id, string Version)
{
    public static InventoryEntry Of(JsonObject item) => new(ObjectId.Of(item), ResourceType.VersionOf(item.ApiVersion()));

    /// <summary>The entries of a status; ids that are none are left out.</summary>
    public static IReadOnlyList<InventoryEntry> Read(JsonObject status) =>
        [
            .. KubeJson
                .Objects(status["inventory"]?["entries"])
                .Select(entry => (Id: ObjectId.TryParse(KubeJson.Text(entry["id"]) ?? ""), Version: KubeJson.Text(entry["v"])))
                .Where(entry => entry is { Id: not null, Version.Length: > 0 })
                .Select(entry => new InventoryEntry(entry.Id!, entry.Version!)),
        ];

    public static JsonObject ToJson(IEnumerable<InventoryEntry> entries)
    {
        var list = new JsonArray();
        foreach (var entry in entries.OrderBy(entry => entry.Id.ToString(), StringComparer.Ordinal))
        {
            list.Add(new JsonObject { ["id"] = entry.Id.ToString(), ["v"] = entry.Version });
        }

        return new JsonObject { ["entries"] = list };
    }
}
