namespace Lab.Host.Machine;

/// <summary>A program of the host that the lab uses.</summary>
/// <param name="Name">The command.</param>
/// <param name="Package">The Debian package that has it.</param>
/// <param name="Purpose">What the lab uses it for.</param>
/// <param name="MinimumVersion">The oldest version known to work; null where any will do.</param>
/// <param name="VersionArgument">The argument that makes it print its version.</param>
public sealed record HostTool(
    string Name,
    string Package,
    string Purpose,
    Version? MinimumVersion = null,
    string VersionArgument = "--version"
);
