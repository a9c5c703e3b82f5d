namespace Lab.Trust.Oci;

/// <summary>Media types of the image specification, of Docker's equal formats, and of HwLab's own artifact.</summary>
public static class OciMediaTypes
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string ImageConfig = "application/vnd.oci.image.config.v1+json";
    public const string Layer = "application/vnd.oci.image.layer.v1.tar";
    public const string LayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string LayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    public const string Empty = "application/vnd.oci.empty.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>The artifact type of a bootable operating system.</summary>
    public const string HwLabOs = "application/vnd.hwlab.os.v1";

    /// <summary>An arm64 Image.</summary>
    public const string HwLabOsKernel = "application/vnd.hwlab.os.kernel.v1";

    /// <summary>A root file system as cpio, zstd-compressed or plain.</summary>
    public const string HwLabOsInitrd = "application/vnd.hwlab.os.initrd.v1";

    /// <summary>UTF-8, no newline.</summary>
    public const string HwLabOsCommandLine = "application/vnd.hwlab.os.cmdline.v1";

    internal static bool IsManifest(string type) => type is Manifest or DockerManifest;

    internal static bool IsIndex(string type) => type is Index or DockerIndex;
}
