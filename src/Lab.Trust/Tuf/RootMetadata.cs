using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>The root role (spec 4.3).</summary>
internal sealed class RootMetadata
{
    private RootMetadata(TufMetadata envelope)
    {
        Envelope = envelope;
        Keys = TufParser.Keys(envelope.Signed);
        ConsistentSnapshot = StrictJson.Boolean(envelope.Signed, "consistent_snapshot");
        var roles = StrictJson.Member(envelope.Signed, "roles", JsonValueKind.Object);
        Roles = TufRoles.TopLevel.ToDictionary(
            name => name,
            name => TufParser.Role(StrictJson.Member(roles, name, JsonValueKind.Object)),
            StringComparer.Ordinal
        );
    }

    public TufMetadata Envelope { get; }

    public bool ConsistentSnapshot { get; }

    public IReadOnlyDictionary<string, TufKey> Keys { get; }

    public IReadOnlyDictionary<string, TufRole> Roles { get; }

    public static RootMetadata Parse(byte[] bytes) => new(TufMetadata.Parse(bytes, TufRoles.Root));
}
