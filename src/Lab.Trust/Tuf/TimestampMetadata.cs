using System.Text.Json;

namespace Lab.Trust.Tuf;

/// <summary>The timestamp role (spec 4.6).</summary>
internal sealed class TimestampMetadata
{
    private TimestampMetadata(TufMetadata envelope)
    {
        Envelope = envelope;
        var meta = StrictJson.Member(envelope.Signed, "meta", JsonValueKind.Object);
        Snapshot = TufParser.MetaFile(StrictJson.Member(meta, "snapshot.json", JsonValueKind.Object));
    }

    public TufMetadata Envelope { get; }

    public TufMetaFile Snapshot { get; }

    public static TimestampMetadata Parse(byte[] bytes) => new(TufMetadata.Parse(bytes, TufRoles.Timestamp));
}
