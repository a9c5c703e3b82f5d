using System.Net;

namespace Lab.BootAgent.Network;

/// <summary>What a DHCP server said, checked.</summary>
/// <param name="Type">Offer, acknowledge or not-acknowledge.</param>
/// <param name="Address">The address offered.</param>
/// <param name="Server">Option 54.</param>
/// <param name="Mask">Option 1.</param>
/// <param name="Router">Option 3, the first one.</param>
/// <param name="Resolver">Option 6, the first one.</param>
/// <param name="Lease">Option 51.</param>
/// <param name="HostName">Option 12, where it is a name that can stand in a URL.</param>
/// <param name="Services">Option 66: the base URL of the boot services.</param>
internal sealed record DhcpReply(
    DhcpMessageType Type,
    IPAddress Address,
    IPAddress Server,
    IPAddress? Mask,
    IPAddress? Router,
    IPAddress? Resolver,
    TimeSpan? Lease,
    string? HostName,
    string? Services
);
