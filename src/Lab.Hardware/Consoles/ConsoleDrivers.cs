using Lab.Hardware.Consoles.Commands;
using Lab.Hardware.Consoles.Network;
using Lab.Hardware.Consoles.Serial;
using Lab.Hardware.Settings;

namespace Lab.Hardware.Consoles;

/// <summary>The console drivers there are.</summary>
public static class ConsoleDrivers
{
    private static readonly Entry[] Entries =
    [
        new(SerialOptions.Syntax, SerialOptions.Read),
        new(NetworkOptions.Rfc2217Syntax, NetworkOptions.Read),
        new(NetworkOptions.TcpSyntax, NetworkOptions.Read),
        new(NetworkOptions.TelnetSyntax, NetworkOptions.Read),
        new(CommandLineOptions.Syntax, CommandLineOptions.Read),
    ];

    /// <summary>What each takes in a rig.</summary>
    public static IReadOnlyList<DriverSyntax> Syntaxes { get; } = [.. Entries.Select(entry => entry.Syntax)];

    /// <summary>Reads a <c>console:</c> section.</summary>
    /// <exception cref="Model.Errors.RigException">A value in it does not belong there; says where and what is allowed.</exception>
    public static ConsoleSettings Read(DriverSection section) =>
        new(Entries.First(entry => entry.Syntax.Name == section.Driver).Read(section), ConsoleOptions.Read(section), section.At);

    private sealed record Entry(DriverSyntax Syntax, Func<DriverSection, LineOptions> Read);
}
