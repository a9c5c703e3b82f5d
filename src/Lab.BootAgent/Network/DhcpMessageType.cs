namespace Lab.BootAgent.Network;

/// <summary>DHCP option 53 (RFC 2132 section 9.6).</summary>
internal enum DhcpMessageType : byte
{
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Acknowledge = 5,
    NotAcknowledge = 6,
}
