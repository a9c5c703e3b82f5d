namespace Lab.Services.Registry;

/// <summary>A bootable OS to publish: its parts on this host.</summary>
/// <param name="Target">Its TUF target, <c>os/NAME</c>; <c>NAME</c> is its repository in the registry.</param>
/// <param name="KernelPath">An arm64 Image.</param>
/// <param name="InitrdPath">The root file system: cpio, plain or zstd.</param>
/// <param name="CommandLine">The kernel's command line; no newline, no NUL.</param>
public sealed record OsArtifact(string Target, string KernelPath, string InitrdPath, string CommandLine)
{
    /// <summary><c>sha256:…</c> of the kernel, where the caller knows it: a file stored before is then not read again.</summary>
    public string? KernelDigest { get; init; }

    /// <summary><c>sha256:…</c> of the initrd, where the caller knows it.</summary>
    public string? InitrdDigest { get; init; }

    /// <summary>A squashfs image that the initrd goes on into; null where the initrd is the whole root file system.</summary>
    public string? RootPath { get; init; }

    /// <summary><c>sha256:…</c> of that image, where the caller knows it.</summary>
    public string? RootDigest { get; init; }

    /// <summary>The repository in the registry.</summary>
    public string Repository => Target.StartsWith("os/", StringComparison.Ordinal) ? Target["os/".Length..] : Target;
}
