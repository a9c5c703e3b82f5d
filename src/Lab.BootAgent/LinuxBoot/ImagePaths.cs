namespace Lab.BootAgent.LinuxBoot;

/// <summary>Where the image's builder puts things.</summary>
internal static class ImagePaths
{
    public const string Settings = "/etc/hwlab/agent.json";
    public const string Modules = "/etc/hwlab/modules";
    public const string PinnedRoot = "/etc/hwlab/root.json";
}
