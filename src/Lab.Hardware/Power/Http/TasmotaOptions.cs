using Lab.Hardware.Settings;

namespace Lab.Hardware.Power.Http;

/// <summary>A plug or relay with Tasmota firmware, by HTTP.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Outlet">The relay, from 1 as Tasmota counts.</param>
/// <param name="User">The user of its web page.</param>
/// <param name="Password">Its web page's password; null for none.</param>
public sealed record TasmotaOptions(Uri Address, int Outlet, string User, SecretReference? Password) : OutletOptions
{
    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "tasmota",
            "plugs and relays with Tasmota firmware, by HTTP",
            [
                new("address", "the device's address, such as 192.0.2.7", Required: true),
                new("outlet", "the relay's number, 1 to 32; 1 without it"),
                new("user", "the user of its web page; admin without it"),
                new("password", SecretReference.Expected),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    public static TasmotaOptions Read(DriverSection section) =>
        new(
            section.Origin("address")!,
            section.Number("outlet", 1, 32, 1),
            section.Text("user") ?? "admin",
            section.Secret("password")
        );

    internal override IOutlet Open(TimeProvider time) => new TasmotaOutlet(this);
}
