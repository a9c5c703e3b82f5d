using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lab.Trust.Tuf.Repository;

/// <summary>The JSON of roles, keys and delegations.</summary>
internal static class RoleJson
{
    /// <summary>Where the validity of a role is kept, beside its keys: a member that other clients must ignore.</summary>
    private const string ValidityMember = "x-hwlab-validity-seconds";

    public static PublishedRole NewTargets() =>
        PublishedRole.New(TufRoles.Targets, signed => signed["targets"] = new JsonObject());

    public static JsonObject Hashes(ReadOnlySpan<byte> content) =>
        new() { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) };

    public static TimeSpan Validity(JsonObject role) => TimeSpan.FromSeconds((long)role[ValidityMember]!);

    public static int Threshold(JsonObject role) => (int)role["threshold"]!;

    public static IEnumerable<string> KeyIds(JsonObject role) => ((JsonArray)role["keyids"]!).Select(id => (string)id!);

    public static JsonObject AddKeys(JsonObject keys, TufRolePlan plan)
    {
        var ids = new List<string>();
        foreach (var key in plan.Keys)
        {
            var id = TufKeyId.Of(key);
            keys[id] = TufKeyId.ToJson(key);
            ids.Add(id);
        }
        return new JsonObject
        {
            ["keyids"] = MetadataFile.Texts(ids.Distinct(StringComparer.Ordinal)),
            ["threshold"] = plan.Threshold,
            [ValidityMember] = (long)plan.Validity.TotalSeconds,
        };
    }

    public static void DropUnusedKeys(JsonObject root)
    {
        var used = ((JsonObject)root["roles"]!)
            .SelectMany(role => KeyIds((JsonObject)role.Value!))
            .ToHashSet(StringComparer.Ordinal);
        var keys = (JsonObject)root["keys"]!;
        foreach (var id in keys.Select(key => key.Key).Where(id => !used.Contains(id)).ToArray())
        {
            keys.Remove(id);
        }
    }

    public static void Put(JsonArray roles, JsonObject role)
    {
        for (var i = 0; i < roles.Count; i++)
        {
            if ((string)roles[i]!["name"]! == (string)role["name"]!)
            {
                roles[i] = role;
                return;
            }
        }
        JsonNode node = role;
        roles.Add(node);
    }
}
