using System.Buffers.Binary;
using System.Net;
using System.Text;
using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Network;

/// <summary>An Ethernet interface, set up through the classic ioctls (netdevice(7), rtentry of route(8)).</summary>
/// <param name="name">Its name, for example <c>eth0</c>.</param>
internal sealed class NetworkInterface(string name)
{
    private const int InternetFamily = 2;
    private const int DatagramCloseOnExec = 2 | 0x80000;
    private const int RequestSize = 40;
    private const int ValueOffset = 16;

    // include/uapi/linux/sockios.h
    private const nuint AddRoute = 0x890B;
    private const nuint GetFlags = 0x8913;
    private const nuint SetFlags = 0x8914;
    private const nuint SetAddress = 0x8916;
    private const nuint SetNetmask = 0x891C;
    private const ushort Up = 1;
    private const int Exists = 17;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>The first Ethernet interface that is a device (bridges and pods' ends are none), null if there is none.</summary>
    public static NetworkInterface? FindEthernet()
    {
        const string Class = "/sys/class/net";
        if (!Directory.Exists(Class))
            return null;
        var names = Directory.GetFileSystemEntries(Class).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
        // ARPHRD_ETHER is 1 (include/uapi/linux/if_arp.h).
        var found = names.FirstOrDefault(each =>
            Path.Exists($"{Class}/{each}/device") && File.ReadAllText($"{Class}/{each}/type").Trim() == "1"
        );
        return found is null ? null : new NetworkInterface(found);
    }

    /// <summary>The hardware address, six bytes.</summary>
    public byte[] ReadHardwareAddress()
    {
        var text = File.ReadAllText($"/sys/class/net/{Name}/address").Trim();
        return Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));
    }

    /// <summary>Switches it on.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void BringUp() => BringUp(Name);

    /// <summary>Gives it the leased address and, where the lease names a router, the default route.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Configure(DhcpReply lease)
    {
        Request("set address of", Name, SetAddress, request => PutAddress(request[ValueOffset..], lease.Address));
        if (lease.Mask is { } mask)
            Request("set netmask of", Name, SetNetmask, request => PutAddress(request[ValueOffset..], mask));
        if (lease.Router is { } router)
            AddDefaultRoute(router);
    }

    /// <summary>Switches on any interface, for example the loopback.</summary>
    public static void BringUp(string name)
    {
        var flags = (ushort)0;
        Request(
            "read flags of",
            name,
            GetFlags,
            _ => { },
            reply => flags = BinaryPrimitives.ReadUInt16LittleEndian(reply[ValueOffset..])
        );
        Request(
            "bring up",
            name,
            SetFlags,
            request => BinaryPrimitives.WriteUInt16LittleEndian(request[ValueOffset..], (ushort)(flags | Up))
        );
    }

    private delegate void Edit(Span<byte> request);

    private static unsafe void Request(string what, string name, nuint code, Edit edit, Edit? read = null)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request[..(ValueOffset - 1)]);
        edit(request);
        fixed (byte* argument = request)
            Control($"{what} {name}", code, argument);
        read?.Invoke(request);
    }

    private static unsafe void AddDefaultRoute(IPAddress router)
    {
        // struct rtentry on 64 bit: dst at 8, gateway at 24, genmask at 40, flags at 56; 120 bytes in all.
        Span<byte> route = stackalloc byte[120];
        route.Clear();
        PutAddress(route[8..], IPAddress.Any);
        PutAddress(route[24..], router);
        PutAddress(route[40..], IPAddress.Any);
        BinaryPrimitives.WriteUInt16LittleEndian(route[56..], 1 | 2); // RTF_UP, RTF_GATEWAY
        fixed (byte* argument = route)
        {
            try
            {
                Control($"route through {router}", AddRoute, argument);
            }
            catch (LinuxException error) when (error.Error == Exists) { }
        }
    }

    private static unsafe void Control(string what, nuint code, void* argument)
    {
        var socket = Libc.Socket(InternetFamily, DatagramCloseOnExec, 0);
        if (socket < 0)
            throw LinuxException.Last("socket");
        try
        {
            if (Libc.Ioctl(socket, code, argument) < 0)
                throw LinuxException.Last(what);
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    private static void PutAddress(Span<byte> socketAddress, IPAddress address)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(socketAddress, InternetFamily);
        address.GetAddressBytes().CopyTo(socketAddress[4..]);
    }
}
