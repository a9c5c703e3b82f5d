using System.Text;

namespace Lab.Emulation.Images;

/// <summary>Makes the target system: Debian's kernel and a small root file system of Debian's files, as an OCI artifact.</summary>
internal sealed class TargetBuilder(ArtifactStore store)
{
    internal const string ArtifactType = "application/vnd.hwlab.os.v1";
    internal const string KernelType = "application/vnd.hwlab.os.kernel.v1";
    internal const string InitrdType = "application/vnd.hwlab.os.initrd.v1";
    internal const string CommandLineType = "application/vnd.hwlab.os.cmdline.v1";
    private const string EmptyType = "application/vnd.oci.empty.v1+json";

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
            await Compression.ZstdAsync(root, 19, cancellationToken),
            cancellationToken
        );
        Artifact line = await store.PutAsync("target-cmdline", Encoding.UTF8.GetBytes(commandLine), cancellationToken);
        Artifact configuration = await store.PutAsync("empty", "{}"u8.ToArray(), cancellationToken);
        string manifest =
            $$"""{"schemaVersion":2,"mediaType":"{{TargetImage.ManifestMediaType}}","artifactType":"{{ArtifactType}}","config":{{Descriptor(EmptyType, configuration)}},"layers":[{{Descriptor(KernelType, parts.Kernel)}},{{Descriptor(InitrdType, initrd)}},{{Descriptor(CommandLineType, line)}}]}""";
        return new TargetImage(
            await store.PutAsync("target-manifest", Encoding.UTF8.GetBytes(manifest), cancellationToken),
            configuration,
            parts.Kernel,
            initrd,
            line
        );
    }

    private static string Descriptor(string mediaType, Artifact artifact) =>
        $$"""{"mediaType":"{{mediaType}}","digest":"{{artifact.Digest}}","size":{{artifact.Length}}}""";
}
