using Lab.Hardware.Settings;

namespace Lab.Hardware.Consoles;

/// <summary>What all console drivers have in common.</summary>
/// <param name="Name">The console's name on its board.</param>
/// <param name="Deadline">How long connecting may take.</param>
/// <param name="CharacterDelay">The pause after each byte sent, for UARTs that have no room for more than one; zero for none.</param>
public sealed record ConsoleOptions(string Name, TimeSpan Deadline, TimeSpan CharacterDelay)
{
    /// <summary>The keys of these options in a rig.</summary>
    public static IReadOnlyList<DriverKey> Keys { get; } =
    [
        new("name", "the console's name on its board: lower-case letters, digits, hyphens; console without it"),
        new("deadline", "seconds that connecting may take, 0.1 to 120; 10 without it"),
        new("character-delay", "seconds between two characters sent, 0 to 1; 0 without it"),
    ];

    /// <summary>Reads them.</summary>
    public static ConsoleOptions Read(DriverSection section) =>
        new(
            section.Matching("name", "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$") ?? "console",
            section.Seconds("deadline", 0.1, 120, 10),
            section.Seconds("character-delay", 0, 1, 0)
        );
}
