using System.Net;

namespace Lab.Services.Netboot;

/// <summary>The layer-2 segment that boards and services share, as the services need to know it.</summary>
/// <param name="EnterPrefix">What goes before a program to run it inside the segment.</param>
/// <param name="Interface">The interface inside, on which DHCP and TFTP are served.</param>
/// <param name="Server">The address of that interface.</param>
/// <param name="Netmask">Its mask.</param>
/// <param name="FirstLease">The first address for boards.</param>
/// <param name="LastLease">The last address for boards.</param>
/// <param name="BoardOrigin">The origin of the HTTP services as boards in the segment see it.</param>
/// <param name="ForwardAsync">Makes connections to <paramref name="BoardOrigin"/> arrive at the given Unix socket; called once it listens.</param>
public sealed record BoardSegment(
    IReadOnlyList<string> EnterPrefix,
    string Interface,
    IPAddress Server,
    IPAddress Netmask,
    IPAddress FirstLease,
    IPAddress LastLease,
    Uri BoardOrigin,
    Func<string, CancellationToken, Task> ForwardAsync
);
