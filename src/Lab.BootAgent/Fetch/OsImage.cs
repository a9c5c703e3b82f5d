namespace Lab.BootAgent.Fetch;

/// <summary>A bootable OS in memory.</summary>
/// <param name="Kernel">The arm64 kernel.</param>
/// <param name="Initrd">The root file system, or what goes on into <paramref name="Root"/>.</param>
/// <param name="Root">A root file system that the initrd finds in the handover, in the frame of a cpio archive; null where there is none.</param>
/// <param name="CommandLine">UTF-8, exactly as it will be given to the kernel.</param>
internal sealed record OsImage(OsPart Kernel, OsPart Initrd, OsPart? Root, byte[] CommandLine) : IDisposable
{
    public void Dispose()
    {
        Kernel.Dispose();
        Initrd.Dispose();
        Root?.Dispose();
    }
}
