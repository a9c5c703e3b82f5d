using Lab.Hardware.Settings;

namespace Lab.Hardware.Power.Commands;

/// <summary>Any program that switches power. Each command is a program and its arguments; no shell reads them.</summary>
/// <param name="On">Switches on; exit code 0 when it has.</param>
/// <param name="Off">Switches off; exit code 0 when it has.</param>
/// <param name="Status">Exit code 0 for on, 1 for off, any other for unknown; empty where the state cannot be read.</param>
/// <param name="Shutdown">Asks the board's system to shut down; empty where that is not possible.</param>
/// <param name="Reset">Resets the board; empty where that is not possible.</param>
/// <param name="Device">Commands with the same word here run one at a time.</param>
public sealed record CommandOptions(
    IReadOnlyList<string> On,
    IReadOnlyList<string> Off,
    IReadOnlyList<string> Status,
    IReadOnlyList<string> Shutdown,
    IReadOnlyList<string> Reset,
    string Device
) : OutletOptions
{
    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "command",
            "any program that switches power",
            [
                new("on", "a program and its arguments; exit code 0 when power is on", Required: true, IsList: true),
                new("off", "a program and its arguments; exit code 0 when power is off", Required: true, IsList: true),
                new("status", "a program and its arguments; exit code 0 for on, 1 for off, others for unknown", IsList: true),
                new("shutdown", "a program and its arguments that asks the system to shut down", IsList: true),
                new("reset", "a program and its arguments that resets the board", IsList: true),
                new("device", "a word; commands of all boards with the same word run one at a time"),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static CommandOptions Read(DriverSection section) =>
        new(
            section.Words("on"),
            section.Words("off"),
            section.Words("status"),
            section.Words("shutdown"),
            section.Words("reset"),
            section.Text("device") ?? section.Words("on")[0]
        );

    internal override IOutlet Open(TimeProvider time) => new CommandOutlet(this);
}
