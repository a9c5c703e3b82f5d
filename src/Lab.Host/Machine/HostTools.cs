using Lab.Model.Errors;

namespace Lab.Host.Machine;

/// <summary>The host's programs that the lab uses, and where they are.</summary>
public static class HostTools
{
    // An ordinary user's PATH lacks the folders of ip and dnsmasq on Debian.
    private static readonly string[] AlsoIn = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>All of them. Versions are the oldest that the lab was run with: Debian 12's.</summary>
    public static IReadOnlyList<HostTool> All { get; } =
    [
        new("qemu-system-aarch64", "qemu-system-arm", "runs virtual boards", new Version(7, 2)),
        new("swtpm", "swtpm", "the TPM of a virtual board", new Version(0, 7)),
        new("swtpm_setup", "swtpm-tools", "makes a TPM with its endorsement key", new Version(0, 7)),
        new("swtpm_localca", "swtpm-tools", "certifies endorsement keys with the rig's own authority"),
        new("dnsmasq", "dnsmasq-base", "DHCP and TFTP on a network segment", new Version(2, 80)),
        new("socat", "socat", "carries a segment's services to the controller", null, "-V"),
        new("ip", "iproute2", "builds network segments", null, "-V"),
        new("unshare", "util-linux", "makes network segments", new Version(2, 36)),
        new("nsenter", "util-linux", "enters network segments", new Version(2, 36)),
        new("setsid", "util-linux", "starts programs in a session of their own", new Version(2, 36)),
        new("setpriv", "util-linux", "makes programs die with the lab", new Version(2, 36)),
        new("prlimit", "util-linux", "bounds what git and kustomize may write and take", new Version(2, 36)),
        new("git", "git", "the fleet's repository, and following repositories", new Version(2, 39)),
        new("ssh", "openssh-client", "repositories over SSH", null, "-V"),
        new("ssh-keygen", "openssh-client", "signs commits and verifies their signatures"),
        new("gpg", "gpg", "verifies OpenPGP signatures of commits", new Version(2, 2)),
        new("apt-get", "apt", "fetches what boards boot, by a private configuration"),
        new("dpkg-deb", "dpkg", "unpacks it"),
        new("clang", "clang", "compiles the boot agent for arm64"),
        new("ld.lld", "lld", "links it"),
        new("llvm-objcopy", "llvm", "strips it"),
        new("xz", "xz-utils", "unpacks kernel modules"),
        new("zstd", "zstd", "packs the target's root file system"),
        new("sqfstar", "squashfs-tools", "packs a cluster node's root file system", new Version(4, 5), "-version"),
    ];

    /// <summary>The full path of a program, or null. A path that is already full is returned if there is such a file.</summary>
    public static string? Find(string name)
    {
        if (Path.IsPathFullyQualified(name))
            return File.Exists(name) ? name : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders
            .Where(Path.IsPathFullyQualified)
            .Concat(AlsoIn)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>The full path of a program.</summary>
    /// <exception cref="LabException">It is not installed; names the package that has it.</exception>
    public static string Require(string name) => Find(name) ?? throw Missing(name);

    private static LabException Missing(string name)
    {
        var tool = All.FirstOrDefault(tool => tool.Name == name);
        return tool is null
            ? new LabException("the program is not there", name, "install it")
            : new LabException(
                $"the program is not installed; the lab uses it for: {tool.Purpose}",
                name,
                $"install the package {tool.Package}, or run ./hwlab setup"
            );
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute))
            != UnixFileMode.None;
}
