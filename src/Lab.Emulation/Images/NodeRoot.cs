using System.Text;

namespace Lab.Emulation.Images;

/// <summary>
/// The node's root file system: busybox, containerd, runc, CNI plug-ins, iptables, Kubernetes, tpm2-tools and the agent. It
/// holds nothing of a kernel's, so that one image serves boards with different kernels.
/// </summary>
internal static class NodeRoot
{
    private static readonly (string Package, string Path)[] Programs =
    [
        ("containerd", "usr/bin/containerd"),
        ("containerd", "usr/bin/containerd-shim-runc-v2"),
        ("runc", "usr/sbin/runc"),
        ("containernetworking-plugins", "usr/lib/cni/bridge"),
        ("containernetworking-plugins", "usr/lib/cni/host-local"),
        ("containernetworking-plugins", "usr/lib/cni/loopback"),
        ("containernetworking-plugins", "usr/lib/cni/portmap"),
        ("iptables", "usr/sbin/xtables-nft-multi"),
        ("conntrack", "usr/sbin/conntrack"),
        ("mount", "usr/bin/mount"),
        ("mount", "usr/bin/umount"),
    ];

    // What kube-proxy, kubelet and the portmap plug-in match and jump to.
    private static readonly string[] Extensions =
    [
        "libxt_addrtype",
        "libxt_comment",
        "libxt_conntrack",
        "libxt_mark",
        "libxt_multiport",
        "libxt_nfacct",
        "libxt_physdev",
        "libxt_recent",
        "libxt_standard",
        "libxt_statistic",
        "libxt_tcp",
        "libxt_udp",
        "libxt_MARK",
        "libxt_MASQUERADE",
        "libxt_NAT",
        "libipt_REJECT",
    ];

    private static readonly string[] IptablesNames =
    [
        "iptables",
        "iptables-save",
        "iptables-restore",
        "ip6tables",
        "ip6tables-save",
        "ip6tables-restore",
        "iptables-nft",
        "xtables-monitor",
    ];

    public static async Task<SquashRoot> BuildAsync(
        BoardParts parts,
        IReadOnlyList<Lab.Host.Debian.DebianPackage> packages,
        NodePrograms kubernetes,
        CancellationToken cancellationToken
    )
    {
        var root = new SquashRoot();
        var userland = new DebianUserland([.. packages, .. parts.Packages]);
        await userland.AddSkeletonAsync(root, cancellationToken);
        AddNames(root);
        await userland.AddBusyboxAsync(root, ["mount", "umount"], cancellationToken);
        root.AddLink("usr/sbin/losetup", "../bin/busybox");
        await userland.AddTpmToolsAsync(root, cancellationToken);
        foreach ((string package, string path) in Programs)
        {
            await userland.AddProgramAsync(root, package, path, cancellationToken);
        }

        await AddIptablesAsync(root, userland, cancellationToken);
        await userland.AddLibrariesAsync(root, cancellationToken);
        await kubernetes.AddAsync(root, cancellationToken);
        await root.AddFileAsync("usr/lib/hwlab/agent", parts.Agent.Path, CpioArchive.Executable, cancellationToken);
        DebianUserland.AddOwnFiles(root, "node/");
        return root;
    }

    private static async Task AddIptablesAsync(SquashRoot root, DebianUserland userland, CancellationToken cancellationToken)
    {
        foreach (string name in IptablesNames)
        {
            root.AddLink($"usr/sbin/{name}", "xtables-nft-multi");
        }

        foreach (string extension in Extensions)
        {
            string path = $"{DebianUserland.Libraries}/xtables/{extension}.so";
            await userland.AddProgramAsync(root, "iptables", path, cancellationToken);
        }
    }

    private static void AddNames(SquashRoot root)
    {
        foreach (
            string folder in (string[])
                ["etc/cni/net.d", "etc/kubernetes/manifests", "var/lib/containerd", "var/lib/kubelet", "var/log"]
        )
        {
            root.AddDirectory(folder);
        }

        root.AddFile("etc/hostname", "hwlab\n"u8.ToArray());
        root.AddFile("etc/hosts", "127.0.0.1 localhost\n"u8.ToArray());
        // No server at all answers at once; one that is not there costs every look-up ten seconds.
        root.AddFile("etc/resolv.conf", []);
        root.AddFile("etc/passwd", Encoding.UTF8.GetBytes("root::0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"));
        root.AddFile("etc/group", Encoding.UTF8.GetBytes("root:x:0:\ntss:x:100:\nnogroup:x:65534:\n"));
    }
}
