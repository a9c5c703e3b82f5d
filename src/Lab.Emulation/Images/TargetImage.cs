namespace Lab.Emulation.Images;

/// <summary>The parts of a system that the boot agent can start; each becomes a layer of an OCI artifact.</summary>
/// <param name="Kernel">The arm64 Image.</param>
/// <param name="Initrd">The root file system, or what finds it.</param>
/// <param name="CommandLine">The command line: UTF-8, no line feed.</param>
public sealed record TargetImage(Artifact Kernel, Artifact Initrd, Artifact CommandLine)
{
    /// <summary>A squashfs image for an initrd that goes on into it; null where the initrd is the whole root file system.</summary>
    public Artifact? Root { get; init; }

    /// <summary>The command line as text.</summary>
    public string ReadCommandLine() => File.ReadAllText(CommandLine.Path);
}
