using System.Text;
using Lab.Host.Debian;

namespace Lab.Emulation.Images;

/// <summary>Makes a cluster node's image: kernel, initrd with that kernel's modules, root file system, command line.</summary>
internal sealed class NodeBuilder(ArtifactStore store)
{
    public async Task<TargetImage> BuildAsync(
        BoardParts parts,
        IReadOnlyList<DebianPackage> packages,
        DebianPackage kernelPackage,
        NodeOptions options,
        CancellationToken cancellationToken
    )
    {
        KernelModules modules = KernelModules.Open(kernelPackage);
        DebianPackage busybox = new DebianUserland(parts.Packages).Package("busybox-static");
        Artifact initrd = await store.PutAsync(
            "node-initrd",
            await Compression.ZstdAsync(
                await NodeInitrd.BuildAsync(busybox, modules, options.Kernel, cancellationToken),
                cancellationToken
            ),
            cancellationToken
        );
        SquashRoot root = await NodeRoot.BuildAsync(parts, packages, options.Kubernetes, cancellationToken);
        return new TargetImage(
            await ArtifactStore.DescribeAsync(kernelPackage.PathOf($"boot/vmlinuz-{modules.Release}"), cancellationToken),
            initrd,
            await store.PutAsync("node-cmdline", Encoding.UTF8.GetBytes(options.CommandLine), cancellationToken)
        )
        {
            Root = await store.WriteAsync("node-root", path => root.WriteAsync(path, cancellationToken), cancellationToken),
        };
    }
}
