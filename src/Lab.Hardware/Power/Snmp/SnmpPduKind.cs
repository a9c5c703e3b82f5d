namespace Lab.Hardware.Power.Snmp;

/// <summary>The PDUs that are used here, by their tags: RFC 3416, section 3.</summary>
internal enum SnmpPduKind
{
    Get = 0,
    Response = 2,
    Set = 3,
}
