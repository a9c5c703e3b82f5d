namespace Lab.Trust.Tuf;

/// <summary>The versions of the top-level roles after a refresh.</summary>
public sealed record TufVersions(long Root, long Timestamp, long Snapshot, long Targets);
