using Lab.Hardware.Settings;

namespace Lab.Hardware.Power.Http;

/// <summary>An outlet behind PDUDaemon, by its HTTP listener.</summary>
/// <param name="Address">Where the daemon listens.</param>
/// <param name="Pdu">The strip's name in the daemon's configuration.</param>
/// <param name="Outlet">The outlet, as the strip counts.</param>
public sealed record PduDaemonOptions(Uri Address, string Pdu, string Outlet) : OutletOptions
{
    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "pdudaemon",
            "outlets behind PDUDaemon",
            [
                new("address", "the daemon's HTTP listener, such as http://pdu.example:16421", Required: true),
                new("pdu", "the strip's name in the daemon's configuration", Required: true),
                new("outlet", "the outlet, as the strip counts", Required: true),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static PduDaemonOptions Read(DriverSection section) =>
        new(section.Origin("address")!, section.Text("pdu")!, section.Matching("outlet", "^[A-Za-z0-9._-]{1,64}$")!);

    internal override IOutlet Open(TimeProvider time) => new PduDaemonOutlet(this);
}
