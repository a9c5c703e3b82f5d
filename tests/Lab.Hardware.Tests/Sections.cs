using Lab.Hardware.Boards;
using Lab.Hardware.Consoles;
using Lab.Hardware.Devices;
using Lab.Hardware.Power;
using Lab.Hardware.Settings;
using Lab.Model.Boards;

namespace Lab.Hardware.Tests;

/// <summary>Sections as a rig would hold them, and boards that are wired by them.</summary>
internal static class Sections
{
    public static PowerSettings Power(string driver, params (string Key, string Value)[] values) =>
        PowerDrivers.Read(Section(PowerDrivers.Syntaxes, driver, values));

    public static ConsoleSettings Console(string driver, params (string Key, string Value)[] values) =>
        ConsoleDrivers.Read(Section(ConsoleDrivers.Syntaxes, driver, values));

    /// <summary>A board that is taken over as a run does, with no waits that its device does not need.</summary>
    public static Task<Board> OpenAsync(PowerSettings? power, params ConsoleSettings[] consoles) =>
        OpenAsync(power, takesOver: power is not null, consoles);

    /// <summary>A board that is left as it is.</summary>
    public static Task<Board> LookAtAsync(PowerSettings power) => OpenAsync(power, takesOver: false);

    private static Task<Board> OpenAsync(PowerSettings? power, bool takesOver, params ConsoleSettings[] consoles) =>
        WiredBoard.OpenAsync(
            new WiredBoardSettings
            {
                Board = "pi-1",
                Power = power is null ? null : power with { Options = power.Options with { OffTime = TimeSpan.Zero } },
                Consoles = consoles,
                TakesOver = takesOver,
            },
            new DeviceGates(),
            TimeProvider.System,
            default
        );

    private static DriverSection Section(IReadOnlyList<DriverSyntax> syntaxes, string driver, (string Key, string Value)[] values)
    {
        var syntax = syntaxes.Single(known => known.Name == driver);
        return new DriverSection(
            syntax,
            "rack.yaml:7:5",
            values.ToDictionary(
                pair => pair.Key,
                pair => new DriverValue(
                    syntax.Keys.FirstOrDefault(key => key.Name == pair.Key)?.IsList == true
                        ? pair.Value.Split(' ')
                        : [pair.Value],
                    "rack.yaml:8:9"
                ),
                StringComparer.Ordinal
            )
        );
    }
}
