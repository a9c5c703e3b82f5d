namespace Lab.Model.Services;

/// <summary>TUF metadata files by name, as served at one moment.</summary>
public sealed record TufState(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files);
