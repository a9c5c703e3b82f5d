using Lab.Hardware.Settings;

namespace Lab.Hardware.Power.Relays;

/// <summary>A relay board of the LCUS kind on a serial port, mostly by USB.</summary>
/// <param name="Path">Its node; one in /dev/serial/by-id keeps its name.</param>
/// <param name="Outlet">The relay, from 1 as its maker counts.</param>
/// <param name="CanRead">Whether the board answers when its state is asked.</param>
/// <param name="NormallyClosed">Whether the power goes through the contact that is closed while the relay rests.</param>
public sealed record SerialRelayOptions(string Path, int Outlet, bool CanRead, bool NormallyClosed) : OutletOptions
{
    private static readonly string[] YesNo = ["yes", "no"];

    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "serial-relay",
            "LCUS relay boards on a serial or USB serial port",
            [
                new("device", "the port's node, best one in /dev/serial/by-id", Required: true),
                new("outlet", "the relay's number, 1 to 8", Required: true),
                new("status", "whether the board answers when its state is asked; no without it", Allowed: YesNo),
                new(
                    "contact",
                    "the contact that the power goes through: no (normally open) or nc; no without it",
                    Allowed: ["no", "nc"]
                ),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static SerialRelayOptions Read(DriverSection section) =>
        new(
            section.Matching("device", "^/[^\\x00]+$")!,
            section.Number("outlet", 1, 8, 1),
            section.OneOf("status") == "yes",
            section.OneOf("contact") == "nc"
        );

    internal override IOutlet Open(TimeProvider time) => new SerialRelayOutlet(this);
}
