namespace Lab.Trust.Prediction;

/// <summary>SHA-256 of the parts of the target system, as its OCI layers hold them (32 bytes each).</summary>
/// <param name="Kernel">The arm64 Image.</param>
/// <param name="Initrd">The root file system.</param>
/// <param name="CommandLine">The UTF-8 bytes of the command line, without a NUL.</param>
public sealed record TargetDigests(byte[] Kernel, byte[] Initrd, byte[] CommandLine)
{
    /// <summary>The squashfs image that the initrd goes on into; null for a target that has none.</summary>
    public byte[]? Root { get; init; }
}
