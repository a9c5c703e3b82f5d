namespace Lab.Emulation.Images;

/// <summary>What all boards of this machine share: fetched from Debian, verified, or compiled from this repository.</summary>
/// <param name="Firmware">U-Boot for QEMU's arm64 <c>virt</c> machine.</param>
/// <param name="Kernel">The arm64 Image; LinuxBoot and target use the same.</param>
/// <param name="KernelRelease">The kernel's own name, as <c>uname -r</c> says it.</param>
/// <param name="Stub">systemd's EFI stub, the head of the unified kernel image.</param>
/// <param name="Agent">The boot agent, a static arm64 program.</param>
/// <param name="Packages">Name, suite, version and digest of each Debian package that went in.</param>
public sealed record BoardParts(
    Artifact Firmware,
    Artifact Kernel,
    string KernelRelease,
    Artifact Stub,
    Artifact Agent,
    IReadOnlyList<Lab.Host.Debian.DebianPackage> Packages
)
{
    /// <summary>A package among <see cref="Packages"/>.</summary>
    internal Lab.Host.Debian.DebianPackage Package(string suite, string name) =>
        Packages.First(package => package.Suite == suite && package.Name == name);
}
