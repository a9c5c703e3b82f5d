using Lab.BootAgent.Kexec;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>The archive that is appended to the initrd.</summary>
internal static class Handover
{
    /// <summary>Its folder, from the root.</summary>
    public const string Folder = "var/lib/hwlab/handover";

    public const string EventLogName = "eventlog";
    public const string DescriptionName = "boot.json";

    /// <summary>The root file system, from the root; an archive of its own that follows the initrd.</summary>
    public const string RootPath = $"{Folder}/root.squashfs";

    /// <summary>Builds the archive.</summary>
    public static byte[] Build(ReadOnlySpan<byte> eventLog, HandoverDescription description) =>
        new NewcArchive()
            .File($"{Folder}/{EventLogName}", eventLog)
            .File($"{Folder}/{DescriptionName}", description.ToJson())
            .ToBytes();
}
