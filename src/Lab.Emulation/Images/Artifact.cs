namespace Lab.Emulation.Images;

/// <summary>A file in the cache that never changes: its name holds its digest.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Length">Bytes.</param>
public sealed record Artifact(string Path, string Sha256, long Length)
{
    /// <summary>The digest as OCI writes it.</summary>
    public string Digest => "sha256:" + Sha256;
}
