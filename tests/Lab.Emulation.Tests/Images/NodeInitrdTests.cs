using System.Text;
using Lab.Emulation.Images;
using Lab.Host.Debian;
using Lab.Host.Storage;

namespace Lab.Emulation.Tests.Images;

/// <summary>The initrd of a node, made of the real kernel packages that are in the lab's cache.</summary>
[Category(RealParts.Category)]
public sealed class NodeInitrdTests
{
    private static readonly string[] OfRaspberryPi4 =
    [
        "genet",
        "mdio-bcm-unimac",
        "broadcom",
        "tpm_tis_spi",
        "spi-bcm2835",
        "bcm2835_wdt",
    ];

    [Test]
    public async Task The_generic_kernel_brings_the_drivers_of_a_raspberry_pi_4()
    {
        var modules = await ModulesAsync("linux-image-", NodeKernel.Generic);

        Assert.That(modules, Is.SupersetOf(OfRaspberryPi4));
        // The driver finds its PHY only on a bus that is there already.
        Assert.That(modules.IndexOf("mdio-bcm-unimac"), Is.LessThan(modules.IndexOf("genet")));
        Assert.That(modules.IndexOf("tpm_tis_core"), Is.LessThan(modules.IndexOf("tpm_tis_spi")));
    }

    [Test]
    public async Task Both_kernels_bring_what_a_node_needs_and_none_of_the_others_drivers()
    {
        var cloud = await ModulesAsync("linux-image-", NodeKernel.Cloud);
        var generic = await ModulesAsync("linux-image-", NodeKernel.Generic);

        foreach (var modules in new[] { cloud, generic })
            Assert.That(modules, Is.SupersetOf(new[] { "squashfs", "overlay", "bridge", "nf_tables", "xt_MASQUERADE" }));
        Assert.That(cloud.Intersect(OfRaspberryPi4, StringComparer.Ordinal), Is.Empty);
        Assert.That(generic, Has.None.EqualTo("virtio_net"));
    }

    private static async Task<List<string>> ModulesAsync(string prefix, NodeKernel kernel)
    {
        RealParts.Need("xz");
        var kernelFolder = Folder(name =>
            name.StartsWith(prefix, StringComparison.Ordinal)
            && name.Contains("-cloud-", StringComparison.Ordinal) == (kernel == NodeKernel.Cloud)
            && Directory.Exists(Path.Combine(Packages, name, "usr/lib/modules"))
        );
        var busybox = Folder(name =>
            name.StartsWith("busybox-static-", StringComparison.Ordinal)
            && File.Exists(Path.Combine(Packages, name, "usr/bin/busybox"))
        );
        var archive = await NodeInitrd.BuildAsync(
            Package(busybox),
            KernelModules.Open(Package(kernelFolder)),
            kernel,
            CancellationToken.None
        );
        var text = Encoding.Latin1.GetString(archive);
        return
        [
            .. text.Split('\n')
                .Select(line => line.TrimStart('\0'))
                .Where(line => line.StartsWith("/lib/modules-hwlab/", StringComparison.Ordinal))
                .Select(Path.GetFileNameWithoutExtension)
                .OfType<string>(),
        ];
    }

    private static DebianPackage Package(string folder) =>
        new("trixie", Path.GetFileName(folder), "1", "", 0, "") { Folder = folder };

    private static string Packages => Path.Combine(LabFolders.FromEnvironment().Cache, "debian", "packages");

    private static string Folder(Func<string, bool> isIt)
    {
        var found = Directory.Exists(Packages)
            ? Directory.GetDirectories(Packages).FirstOrDefault(folder => isIt(Path.GetFileName(folder)))
            : null;
        if (found is null)
            Assert.Ignore("the packages are not in the cache: run ./hwlab image build node --kernel generic");
        return found!;
    }
}
