namespace Lab.Trust.Tuf;

/// <summary>What snapshot and timestamp say of another metadata file (spec 4.4).</summary>
internal sealed record TufMetaFile(long Version, long? Length, IReadOnlyDictionary<string, string>? Hashes);
