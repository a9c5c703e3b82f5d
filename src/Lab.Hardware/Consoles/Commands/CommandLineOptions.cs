using Lab.Hardware.Settings;

namespace Lab.Hardware.Consoles.Commands;

/// <summary>A program whose input and output are the console, such as ssh to a host that has the serial port.</summary>
/// <param name="Command">The program and its arguments; no shell reads them.</param>
/// <param name="Ready">What the program writes when it is connected: everything after it is the board's. Null where it says nothing.</param>
public sealed record CommandLineOptions(IReadOnlyList<string> Command, string? Ready) : LineOptions
{
    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "command",
            "any program whose input and output are the console, such as ssh",
            [
                new("run", "a program and its arguments", Required: true, IsList: true),
                new(ReadyText.Key, ReadyText.Expected),
                .. ConsoleOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static CommandLineOptions Read(DriverSection section) => new(section.Words("run"), section.Text(ReadyText.Key));

    internal override ILineSource Open(TimeProvider time) => new CommandSource(this, time);
}
