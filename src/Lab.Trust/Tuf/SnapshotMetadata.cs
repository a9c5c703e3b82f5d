using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>The snapshot role (spec 4.4).</summary>
internal sealed class SnapshotMetadata
{
    /// <summary>Our limit on the number of targets roles.</summary>
    private const int MaximumRoles = 16_384;

    private SnapshotMetadata(TufMetadata envelope)
    {
        Envelope = envelope;
        var meta = new Dictionary<string, TufMetaFile>(StringComparer.Ordinal);
        foreach (var member in StrictJson.Member(envelope.Signed, "meta", JsonValueKind.Object).EnumerateObject())
        {
            if (meta.Count == MaximumRoles)
            {
                throw StrictJson.Invalid($"snapshot lists more than {MaximumRoles} roles.");
            }
            meta[member.Name] = TufParser.MetaFile(member.Value);
        }
        Meta = meta;
        if (!meta.ContainsKey("targets.json"))
        {
            throw StrictJson.Invalid("snapshot does not list targets.json.");
        }
    }

    public TufMetadata Envelope { get; }

    /// <summary>By file name without version, for example <c>targets.json</c>.</summary>
    public IReadOnlyDictionary<string, TufMetaFile> Meta { get; }

    public static SnapshotMetadata Parse(byte[] bytes) => new(TufMetadata.Parse(bytes, TufRoles.Snapshot));
}
