using Lab.Hardware.Settings;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Snmp;

/// <summary>An outlet of a power strip, or a port of a switch that feeds its device, by SNMP version 2c.</summary>
/// <param name="Host">The agent.</param>
/// <param name="Port">Its UDP port.</param>
/// <param name="Community">The community that may write.</param>
/// <param name="Outlet">The outlet or switch port, as its maker counts.</param>
/// <param name="Control">The OID that is set.</param>
/// <param name="On">The value that switches on.</param>
/// <param name="Off">The value that switches off.</param>
/// <param name="Status">The OID that is read; null where the state cannot be read.</param>
/// <param name="IsOn">The value that means on.</param>
/// <param name="IsOff">The value that means off.</param>
public sealed record SnmpOptions(
    string Host,
    int Port,
    SecretReference? Community,
    int Outlet,
    string Control,
    int On,
    int Off,
    string Status,
    int IsOn,
    int IsOff
) : OutletOptions
{
    /// <summary>The port of SNMP agents: RFC 3417.</summary>
    public const int DefaultPort = 161;

    private const string OidPattern = @"^[0-2](\.[0-9]{1,9}){1,60}$";
    private const int MostValue = 1_000_000;

    /// <summary>Its section in a rig.</summary>
    public static DriverSyntax Syntax { get; } =
        new(
            "snmp",
            "power strips and PoE switches, by SNMP v2c",
            [
                new("address", "the agent's host, with :port where it is not 161", Required: true),
                new("community", SecretReference.Expected + " of a community that may write; private without it"),
                new("model", "what the device is; needed without 'oid'", Allowed: [.. SnmpModel.All.Select(model => model.Name)]),
                new("outlet", "the outlet or switch port, 1 to 4096; needed with 'model'"),
                new("oid", "the OID of an outlet's switch, for devices that are no known model"),
                new("on-value", "what is written to switch on; 1 without it"),
                new("off-value", "what is written to switch off; 0 without it"),
                new("status-oid", "the OID that is read; that of the switch without it"),
                new("on-status", "what is read when it is on; on-value without it"),
                new("off-status", "what is read when it is off; off-value without it"),
                .. PowerOptions.Keys,
            ]
        );

    /// <summary>Reads it.</summary>
    /// <exception cref="RigException">It names neither a model nor an OID, or both.</exception>
    public static SnmpOptions Read(DriverSection section)
    {
        var (host, port) = section.Endpoint("address", DefaultPort)!.Value;
        var community = section.Secret("community");
        var model = section.OneOf("model");
        if ((model is null) == !section.Has("oid") || (model is not null && !section.Has("outlet")))
        {
            throw new RigException(
                "an outlet by SNMP needs either 'model' and 'outlet', or 'oid'",
                section.At,
                "model: one of " + string.Join(", ", SnmpModel.All.Select(known => known.Name))
            );
        }

        if (model is not null)
        {
            var outlet = section.Number("outlet", 1, 4096, 1);
            var known = SnmpModel.All.First(known => known.Name == model);
            return new SnmpOptions(
                host,
                port,
                community,
                outlet,
                string.Format(known.Control, outlet),
                known.On,
                known.Off,
                string.Format(known.Status, outlet),
                known.IsOn,
                known.IsOff
            );
        }

        var oid = section.Matching("oid", OidPattern)!;
        var (on, off) = (section.Number("on-value", 0, MostValue, 1), section.Number("off-value", 0, MostValue, 0));
        return new SnmpOptions(
            host,
            port,
            community,
            Outlet: 0,
            oid,
            on,
            off,
            section.Matching("status-oid", OidPattern) ?? oid,
            section.Number("on-status", 0, MostValue, on),
            section.Number("off-status", 0, MostValue, off)
        );
    }

    internal override IOutlet Open(TimeProvider time) => new SnmpOutlet(this, time);
}
