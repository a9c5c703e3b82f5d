using System.Text.Json.Nodes;

namespace Lab.Trust.Tuf.Repository;

/// <summary>One role of a repository: what is to be signed next, and what was written last.</summary>
internal sealed class PublishedRole(JsonObject signed)
{
    public JsonObject Signed { get; } = signed;

    /// <summary>The last file; <c>null</c> before the first.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>True when <see cref="Signed"/> holds something that was not published.</summary>
    public bool Changed { get; set; } = true;

    /// <summary>The expiry for the next publishing only, where one was asked for.</summary>
    public DateTimeOffset? Expires { get; set; }

    public long Version => (long)Signed["version"]!;

    public static PublishedRole New(string type, Action<JsonObject> fill)
    {
        var signed = new JsonObject
        {
            ["_type"] = type,
            ["spec_version"] = "1.0.31",
            ["version"] = 0L,
            ["expires"] = "",
        };
        fill(signed);
        return new PublishedRole(signed);
    }

    public static PublishedRole Read(byte[] bytes, string type)
    {
        TufMetadata.Parse(bytes, type);
        var signed = (JsonObject)JsonNode.Parse(bytes)!["signed"]!;
        return new PublishedRole((JsonObject)signed.DeepClone()) { Bytes = bytes, Changed = false };
    }
}
