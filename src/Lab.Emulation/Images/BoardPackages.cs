using Lab.Host.Debian;

namespace Lab.Emulation.Images;

/// <summary>The Debian packages that a virtual board is made of.</summary>
internal static class BoardPackages
{
    /// <summary>U-Boot 2023.01, the release that measures fastest and whose tables the prediction knows.</summary>
    public static PackageRequest Firmware { get; } = new("bookworm", "u-boot-qemu");

    /// <summary>Its kernel is the only one of Debian's for arm64 with a TPM TIS driver.</summary>
    public static PackageRequest Kernel { get; } = new("trixie", "linux-image-cloud-arm64", "linux-image-");

    public static PackageRequest Stub { get; } = new("trixie", "systemd-boot-efi");

    /// <summary>What the target's root file system is taken from.</summary>
    public static IReadOnlyList<PackageRequest> Userland { get; } =
    [new("trixie", "busybox-static"), new("trixie", "base-files"), new("trixie", "tpm2-tools", "lib"), new("trixie", "zlib1g")];

    /// <summary>Headers and static libraries that the boot agent is linked with.</summary>
    public static IReadOnlyList<PackageRequest> Sysroot { get; } =
    [
        .. (
            (string[])
                [
                    "libc6",
                    "libc6-dev",
                    "linux-libc-dev",
                    "libgcc-s1",
                    "libgcc-12-dev",
                    "zlib1g",
                    "zlib1g-dev",
                    "libstdc++6",
                    "libcrypt1",
                    "libcrypt-dev",
                    "libssl3",
                    "libssl-dev",
                ]
        ).Select(name => new PackageRequest("bookworm", name)),
    ];

    public static IReadOnlyList<PackageRequest> All { get; } = [Firmware, Kernel, Stub, .. Userland, .. Sysroot];
}
