using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lab.Trust.Tuf.Repository;

/// <summary>Key ids as the specification computes them (4.2): SHA-256 over the canonical form of the key object.</summary>
internal static class TufKeyId
{
    public static JsonObject ToJson(TufKey key) =>
        new()
        {
            ["keytype"] = key.KeyType,
            ["keyval"] = new JsonObject { ["public"] = key.PublicKey },
            ["scheme"] = key.Scheme,
        };

    public static string Of(TufKey key) => Convert.ToHexStringLower(SHA256.HashData(MetadataFile.Canonical(ToJson(key))));
}
