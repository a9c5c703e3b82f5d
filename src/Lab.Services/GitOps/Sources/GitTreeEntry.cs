namespace Lab.Services.GitOps.Sources;

/// <summary>A file of a commit: its mode as git writes it, the SHA-1 of its blob, and its size in bytes.</summary>
internal sealed record GitTreeEntry(string Mode, string Id, long Size);
