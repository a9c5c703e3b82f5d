namespace Lab.BootAgent.Fetch;

/// <summary>A bootable OS in memory, each part verified against its digest.</summary>
/// <param name="Kernel">The arm64 kernel.</param>
/// <param name="KernelDigest">Its SHA-256.</param>
/// <param name="Initrd">The root file system.</param>
/// <param name="InitrdDigest">Its SHA-256.</param>
/// <param name="CommandLine">UTF-8, exactly as it will be given to the kernel.</param>
internal sealed record OsImage(
    NativeBuffer Kernel,
    byte[] KernelDigest,
    NativeBuffer Initrd,
    byte[] InitrdDigest,
    byte[] CommandLine
) : IDisposable
{
    public void Dispose()
    {
        Kernel.Dispose();
        Initrd.Dispose();
    }
}
