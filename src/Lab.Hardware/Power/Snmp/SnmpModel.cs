namespace Lab.Hardware.Power.Snmp;

/// <summary>Where a kind of device keeps an outlet's switch, and what its values mean.</summary>
/// <param name="Name">The word for it in a rig.</param>
/// <param name="Control">The OID that is set; <c>{0}</c> is the outlet.</param>
/// <param name="On">The value that switches on.</param>
/// <param name="Off">The value that switches off.</param>
/// <param name="Status">The OID that is read.</param>
/// <param name="IsOn">The value that means on.</param>
/// <param name="IsOff">The value that means off.</param>
internal sealed record SnmpModel(string Name, string Control, int On, int Off, string Status, int IsOn, int IsOff)
{
    /// <summary>The usual makers, each after its published MIB.</summary>
    public static IReadOnlyList<SnmpModel> All { get; } =
    [
        // PowerNet-MIB, sPDUOutletCtl: outletOn 1, outletOff 2.
        new("apc", "1.3.6.1.4.1.318.1.1.4.4.2.1.3.{0}", 1, 2, "1.3.6.1.4.1.318.1.1.4.4.2.1.3.{0}", 1, 2),
        // PowerNet-MIB, rPDUOutletControlOutletCommand: immediateOn 1, immediateOff 2.
        new("apc-rpdu", "1.3.6.1.4.1.318.1.1.12.3.3.1.1.4.{0}", 1, 2, "1.3.6.1.4.1.318.1.1.12.3.3.1.1.4.{0}", 1, 2),
        // RFC 3621 POWER-ETHERNET-MIB, pethPsePortAdminEnable of group 1: TruthValue, true 1, false 2.
        new("poe", "1.3.6.1.2.1.105.1.1.1.3.1.{0}", 1, 2, "1.3.6.1.2.1.105.1.1.1.3.1.{0}", 1, 2),
    ];
}
