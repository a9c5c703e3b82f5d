namespace Lab.BootAgent.Fetch;

/// <summary>The media types of a bootable OS in a registry.</summary>
internal static class OsMediaTypes
{
    public const string Artifact = "application/vnd.hwlab.os.v1";
    public const string Kernel = "application/vnd.hwlab.os.kernel.v1";
    public const string Initrd = "application/vnd.hwlab.os.initrd.v1";
    public const string Root = "application/vnd.hwlab.os.root.v1+squashfs";
    public const string CommandLine = "application/vnd.hwlab.os.cmdline.v1";
}
