using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Lab.BootAgent.Cluster;

/// <summary>The address under which the cluster reaches this node: that of its Ethernet interface.</summary>
internal static class NodeAddress
{
    public static IPAddress? Find() =>
        Network.NetworkInterface.FindEthernet() is { } device
            ? NetworkInterface
                .GetAllNetworkInterfaces()
                .FirstOrDefault(candidate => candidate.Name == device.Name)
                ?.GetIPProperties()
                .UnicastAddresses.Select(unicast => unicast.Address)
                .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
            : null;
}
