using Lab.Hardware.Settings;

namespace Lab.Hardware.Power;

/// <summary>What all power drivers have in common.</summary>
/// <param name="OffTime">How long power stays off before it may come back: capacitors hold a board up for a while.</param>
/// <param name="Stagger">How long the device takes no other switch-on after one, so that boards do not draw their inrush together.</param>
/// <param name="Deadline">How long one exchange with the device may take.</param>
/// <param name="ShutdownTime">How long a system that was asked to shut down may take before its power is cut.</param>
public sealed record PowerOptions(TimeSpan OffTime, TimeSpan Stagger, TimeSpan Deadline, TimeSpan ShutdownTime)
{
    /// <summary>The keys of these options in a rig.</summary>
    public static IReadOnlyList<DriverKey> Keys { get; } =
    [
        new("off-time", "seconds that power stays off at least, 0 to 60; 2 without it"),
        new("stagger", "seconds between two switch-ons on one device, 0 to 60; 0 without it"),
        new("deadline", "seconds that an exchange with the device may take, 0.1 to 120; 10 without it"),
        new("shutdown-time", "seconds that a system asked to shut down may take, 0 to 600; 60 without it"),
    ];

    /// <summary>Reads them.</summary>
    public static PowerOptions Read(DriverSection section) =>
        new(
            section.Seconds("off-time", 0, 60, 2),
            section.Seconds("stagger", 0, 60, 0),
            section.Seconds("deadline", 0.1, 120, 10),
            section.Seconds("shutdown-time", 0, 600, 60)
        );
}
