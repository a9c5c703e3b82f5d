using Lab.Host.Debian;

namespace Lab.Emulation.Images;

/// <summary>The Debian packages that a cluster node is made of, beside those of every board.</summary>
internal static class NodePackages
{
    /// <summary>The kernel of boards that are no virtual machines.</summary>
    public static PackageRequest GenericKernel { get; } = new(DebianUserland.Suite, "linux-image-arm64", "linux-image-");

    /// <summary>
    /// containerd 1.7 is the last line that speaks to kubelets older than 1.23 and newer than 1.26 alike; runc because
    /// containerd's configuration names it.
    /// </summary>
    public static IReadOnlyList<PackageRequest> Userland { get; } =
    [
        new(DebianUserland.Suite, "containerd"),
        new(DebianUserland.Suite, "runc", "lib"),
        new(DebianUserland.Suite, "containernetworking-plugins"),
        new(DebianUserland.Suite, "iptables", "lib"),
        new(DebianUserland.Suite, "conntrack", "lib"),
        new(DebianUserland.Suite, "mount", "lib"),
    ];

    public static IReadOnlyList<PackageRequest> For(NodeKernel kernel) =>
        kernel == NodeKernel.Generic ? [.. Userland, GenericKernel] : Userland;
}
