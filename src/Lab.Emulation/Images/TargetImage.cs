namespace Lab.Emulation.Images;

/// <summary>A system that the boot agent can start, as an OCI artifact: a manifest, an empty configuration, three layers.</summary>
/// <param name="Manifest">The OCI image manifest.</param>
/// <param name="Configuration">The empty configuration, two bytes.</param>
/// <param name="Kernel">The arm64 Image.</param>
/// <param name="Initrd">The root file system.</param>
/// <param name="CommandLine">The command line without a line feed.</param>
public sealed record TargetImage(
    Artifact Manifest,
    Artifact Configuration,
    Artifact Kernel,
    Artifact Initrd,
    Artifact CommandLine
)
{
    /// <summary>The manifest's media type.</summary>
    public const string ManifestMediaType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>Every blob that the manifest names.</summary>
    public IReadOnlyList<Artifact> Blobs => [Configuration, Kernel, Initrd, CommandLine];
}
