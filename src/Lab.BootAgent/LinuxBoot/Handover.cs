using Lab.BootAgent.Kexec;
using Lab.BootAgent.Measure;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>The archive that is appended to the initrd.</summary>
internal static class Handover
{
    /// <summary>Its folder, from the root.</summary>
    public const string Folder = "var/lib/hwlab/handover";

    public const string EventLogName = "eventlog";
    public const string DescriptionName = "boot.json";

    /// <summary>Builds the archive.</summary>
    public static byte[] Build(EventLog log, HandoverDescription description) =>
        new NewcArchive()
            .File($"{Folder}/{EventLogName}", log.Bytes.Span)
            .File($"{Folder}/{DescriptionName}", description.ToJson())
            .ToBytes();
}
