namespace Lab.Emulation.Images;

/// <summary>The unified kernel image that a board's firmware fetches and starts.</summary>
/// <param name="Uki">The file.</param>
/// <param name="Kernel">Where the kernel's bytes lie in it.</param>
/// <param name="Initrd">Where the initial RAM disk's bytes lie in it.</param>
/// <param name="CommandLine">Where the command line's bytes lie in it.</param>
public sealed record LinuxBootImage(Artifact Uki, ByteRange Kernel, ByteRange Initrd, ByteRange CommandLine);
