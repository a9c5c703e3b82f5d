using Lab.Hardware.Settings;

namespace Lab.Hardware.Power.Http;

/// <summary>A Shelly plug or relay, by HTTP in its own network; no cloud.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Outlet">The relay, from 0.</param>
/// <param name="Generation">1 for the first generation's REST calls, 2 for the RPC of all later ones.</param>
/// <param name="User">The user; generation 2 knows only <c>admin</c>.</param>
/// <param name="Password">The password; null for a device without one.</param>
public sealed record ShellyOptions(Uri Address, int Outlet, int Generation, string User, SecretReference? Password)
    : OutletOptions
{
    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "shelly",
            "Shelly plugs and relays, by HTTP",
            [
                new("address", "the device's address, such as 192.0.2.7", Required: true),
                new("outlet", "the relay's number, 0 to 7; 0 without it"),
                new("generation", "1 for the first generation, 2 for all later ones; 2 without it", Allowed: ["1", "2"]),
                new("user", "the user; admin without it"),
                new("password", SecretReference.Expected),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static ShellyOptions Read(DriverSection section) =>
        new(
            section.Origin("address")!,
            section.Number("outlet", 0, 7, 0),
            section.OneOf("generation") == "1" ? 1 : 2,
            section.Text("user") ?? "admin",
            section.Secret("password")
        );

    internal override IOutlet Open(TimeProvider time) => new ShellyOutlet(this);
}
