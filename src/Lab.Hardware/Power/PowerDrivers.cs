using Lab.Hardware.Power.Commands;
using Lab.Hardware.Power.Http;
using Lab.Hardware.Power.Relays;
using Lab.Hardware.Power.Snmp;
using Lab.Hardware.Settings;

namespace Lab.Hardware.Power;

/// <summary>The power drivers there are.</summary>
public static class PowerDrivers
{
    private static readonly Entry[] Entries =
    [
        new(CommandOptions.Syntax, CommandOptions.Read),
        new(ShellyOptions.Syntax, ShellyOptions.Read),
        new(TasmotaOptions.Syntax, TasmotaOptions.Read),
        new(PduDaemonOptions.Syntax, PduDaemonOptions.Read),
        new(SnmpOptions.Syntax, SnmpOptions.Read),
        new(SerialRelayOptions.Syntax, SerialRelayOptions.Read),
    ];

    /// <summary>What each takes in a rig.</summary>
    public static IReadOnlyList<DriverSyntax> Syntaxes { get; } = [.. Entries.Select(entry => entry.Syntax)];

    /// <summary>Reads a <c>power:</c> section.</summary>
    /// <exception cref="Model.Errors.RigException">A value in it does not belong there; says where and what is allowed.</exception>
    public static PowerSettings Read(DriverSection section) =>
        new(Entries.First(entry => entry.Syntax.Name == section.Driver).Read(section), PowerOptions.Read(section), section.At);

    private sealed record Entry(DriverSyntax Syntax, Func<DriverSection, OutletOptions> Read);
}
