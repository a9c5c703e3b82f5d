using System.Text;

namespace Lab.Emulation.Images;

/// <summary>Makes the target system: Debian's kernel and a small root file system of Debian's files.</summary>
internal sealed class TargetBuilder(ArtifactStore store)
{
    public async Task<TargetImage> BuildAsync(
        BoardParts parts,
        KernelModules modules,
        string commandLine,
        CancellationToken cancellationToken
    )
    {
        byte[] root = await new TargetRoot(parts, modules).BuildAsync(cancellationToken);
        Artifact initrd = await store.PutAsync(
            "target-initrd",
            await Compression.ZstdAsync(root, cancellationToken),
            cancellationToken
        );
        Artifact line = await store.PutAsync("target-cmdline", Encoding.UTF8.GetBytes(commandLine), cancellationToken);
        return new TargetImage(parts.Kernel, initrd, line);
    }
}
