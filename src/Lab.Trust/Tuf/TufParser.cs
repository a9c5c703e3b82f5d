using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>Reads the parts that several roles share.</summary>
internal static class TufParser
{
    /// <summary>Our limit: each key id can cost one signature verification.</summary>
    public const int MaximumKeysPerRole = 256;

    /// <summary>Our limit on one <c>keys</c> object.</summary>
    public const int MaximumKeys = 4096;

    public static IReadOnlyDictionary<string, TufKey> Keys(JsonElement parent)
    {
        var keys = new Dictionary<string, TufKey>(StringComparer.Ordinal);
        foreach (var member in StrictJson.Member(parent, "keys", JsonValueKind.Object).EnumerateObject())
        {
            if (keys.Count == MaximumKeys)
            {
                throw StrictJson.Invalid($"more than {MaximumKeys} keys.");
            }
            var value = StrictJson.Member(member.Value, "keyval", JsonValueKind.Object);
            keys[member.Name] = new TufKey(
                StrictJson.String(member.Value, "keytype"),
                StrictJson.String(member.Value, "scheme"),
                // Key types that we do not know may hold something else; they just never verify.
                value.TryGetProperty("public", out var text)
                && text.ValueKind == JsonValueKind.String
                    ? text.GetString()!
                    : ""
            );
        }
        return keys;
    }

    public static TufRole Role(JsonElement element)
    {
        var keyIds = StrictJson.Strings(StrictJson.Member(element, "keyids", JsonValueKind.Array), "keyids", MaximumKeysPerRole);
        if (keyIds.Distinct(StringComparer.Ordinal).Count() != keyIds.Count)
        {
            throw StrictJson.Invalid("a key id stands twice in one role.");
        }
        var threshold = StrictJson.Integer(element, "threshold", minimum: 1);
        return new TufRole(keyIds, threshold > int.MaxValue ? int.MaxValue : (int)threshold);
    }

    public static TufMetaFile MetaFile(JsonElement element)
    {
        var hashes = StrictJson.Optional(element, "hashes", JsonValueKind.Object);
        return new TufMetaFile(
            StrictJson.Integer(element, "version", minimum: 1),
            StrictJson.OptionalInteger(element, "length", minimum: 0),
            hashes is null ? null : Hashes(hashes.Value)
        );
    }

    public static IReadOnlyDictionary<string, string> Hashes(JsonElement element)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            hashes[member.Name] =
                member.Value.ValueKind == JsonValueKind.String
                    ? member.Value.GetString()!
                    : throw StrictJson.Invalid("a hash is not text.");
        }
        return TufHashes.AnyKnown(hashes) ? hashes : throw StrictJson.Invalid("'hashes' has no known algorithm.");
    }
}
