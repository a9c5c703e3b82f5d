using System.Net.Sockets;
using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Network;

namespace Lab.BootAgent.Node;

/// <summary>The node's name and its address: LinuxBoot's lease ended with LinuxBoot's kernel.</summary>
/// <param name="events">Told of the lease, and of why there is none yet.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeNetwork(EventWriter events, TimeProvider time)
{
    private static readonly TimeSpan LeaseLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Makes the board known to itself by its name, so that no name server is asked for it.</summary>
    public static void SetName(string name)
    {
        File.WriteAllText("/proc/sys/kernel/hostname", name);
        File.WriteAllText("/etc/hostname", name + "\n");
        File.WriteAllText("/etc/hosts", $"127.0.0.1 localhost\n127.0.1.1 {name}\n");
    }

    /// <summary>Waits for an address, for as long as it takes.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var device = NetworkInterface.FindEthernet() ?? throw new TimeoutException("no Ethernet interface");
                device.BringUp();
                var lease = await new DhcpClient(time).AcquireAsync(device, LeaseLimit, cancellationToken);
                device.Configure(lease);
                events.Write("network", json => json.WriteString("address"u8, lease.Address.ToString()));
                return;
            }
            catch (Exception error) when (error is TimeoutException or LinuxException or SocketException)
            {
                NodeEvents.Waiting(events, "network", error.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
