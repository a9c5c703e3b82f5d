using CliWrap;
using Lab.Host.Debian;
using Lab.Host.Machine;

namespace Lab.Emulation.Images;

/// <summary>What a node's kernel starts with: its modules, and a script that goes on into the root file system handed over.</summary>
internal static class NodeInitrd
{
    private const string ModuleFolder = "lib/modules-hwlab";

    private static readonly string[] Common =
    [
        "loop",
        "squashfs",
        "overlay",
        "veth",
        "bridge",
        "br_netfilter",
        "nf_conntrack",
        "nf_tables",
        "nft_compat",
        "nft_chain_nat",
        "nf_conntrack_netlink",
        "xt_addrtype",
        "xt_comment",
        "xt_conntrack",
        "xt_mark",
        "xt_multiport",
        "xt_nat",
        "xt_recent",
        "xt_statistic",
        "xt_tcpudp",
        "xt_MASQUERADE",
        "ipt_REJECT",
    ];

    /// <summary>
    /// Network (its driver only hints at the bus that its PHY is on, by a softdep), a TPM on SPI, the watchdog, by which this board restarts and
    /// powers off, and the random number generator. Serial port, PCIe and the rest are built into Debian's kernel.
    /// </summary>
    private static readonly string[] RaspberryPi4 =
    [
        "mdio_bcm_unimac",
        "broadcom",
        "genet",
        "spi_bcm2835",
        "tpm_tis_spi",
        "bcm2835_wdt",
        "iproc_rng200",
    ];

    private static string[] Drivers(NodeKernel kernel) => kernel == NodeKernel.Generic ? RaspberryPi4 : LinuxBootBuilder.Modules;

    public static async Task<byte[]> BuildAsync(
        DebianPackage busybox,
        KernelModules modules,
        NodeKernel kernel,
        CancellationToken cancellationToken
    )
    {
        var archive = new CpioArchive();
        var root = new CpioRoot(archive);
        archive.CharacterDevice("dev/console", 5, 1);
        foreach (string folder in (string[])["proc", "sys", "dev", "bin"])
        {
            archive.Directory(folder);
        }

        await root.AddFileAsync("bin/busybox", busybox.PathOf("usr/bin/busybox"), CpioArchive.Executable, cancellationToken);
        foreach (
            string applet in (string[])["cp", "insmod", "mkdir", "mount", "poweroff", "printf", "sh", "sleep", "switch_root"]
        )
        {
            archive.Link($"bin/{applet}", "busybox");
        }

        await AddModulesAsync(archive, modules, [.. Drivers(kernel), .. Common], cancellationToken);
        DebianUserland.AddOwnFiles(root, "node-initrd/");
        return archive.ToArray();
    }

    // Unpacked here: the archive is compressed as a whole, by what the board unpacks far faster than xz.
    private static async Task AddModulesAsync(
        CpioArchive archive,
        KernelModules modules,
        IEnumerable<string> names,
        CancellationToken cancellationToken
    )
    {
        List<string> places = [];
        foreach (string file in await modules.ResolveAsync(names, cancellationToken))
        {
            using var module = new MemoryStream();
            await Cli.Wrap(HostTools.Require("xz"))
                .WithArguments(["-dc", file])
                .WithStandardOutputPipe(PipeTarget.ToStream(module))
                .ExecuteAsync(cancellationToken);
            string place = $"{ModuleFolder}/{Path.GetFileNameWithoutExtension(file)}";
            archive.File(place, module.ToArray());
            places.Add($"/{place}\n");
        }

        archive.Text("etc/hwlab/modules", string.Concat(places));
    }
}
