namespace Lab.Trust.Tuf;

/// <summary>The outcome of one refresh: what is trusted until the next one.</summary>
/// <param name="StartTime">The fixed update start time (spec 5.1).</param>
internal sealed record TopLevelMetadata(
    DateTimeOffset StartTime,
    RootMetadata Root,
    TimestampMetadata Timestamp,
    SnapshotMetadata Snapshot,
    TargetsMetadata Targets
)
{
    public TufVersions Versions =>
        new(Root.Envelope.Version, Timestamp.Envelope.Version, Snapshot.Envelope.Version, Targets.Envelope.Version);
}
