using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Lab.Services.Tests.Netboot;

/// <summary>A DHCP client, RFC 2131, enough to get a lease and what comes with it.</summary>
internal sealed class TestDhcp(string device, string mac)
{
    private const int SolSocket = 1;
    private const int BindToDevice = 25;
    private const int FixedSize = 236;

    public Dictionary<int, byte[]> Options { get; private set; } = [];

    public IPAddress Address { get; private set; } = IPAddress.None;

    public IPAddress NextServer { get; private set; } = IPAddress.None;

    public string File { get; private set; } = "";

    public void Lease()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        socket.SetRawSocketOption(SolSocket, BindToDevice, Encoding.ASCII.GetBytes(device + "\0"));
        socket.Bind(new IPEndPoint(IPAddress.Any, 68));
        socket.ReceiveTimeout = 10_000;
        Exchange(socket, [53, 1, 1, 55, 4, 1, 3, 66, 67], answer: 2);
        var server = Options[54];
        Exchange(socket, [53, 1, 3, 50, 4, .. Address.GetAddressBytes(), 54, 4, .. server, 55, 4, 1, 3, 66, 67], answer: 5);
    }

    private void Exchange(Socket socket, byte[] options, byte answer)
    {
        var packet = new byte[FixedSize + 4 + options.Length + 1];
        packet[0] = 1;
        packet[1] = 1;
        packet[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 0x12345678);
        packet[10] = 0x80;
        PhysicalAddress.Parse(mac).GetAddressBytes().CopyTo(packet, 28);
        byte[] magic = [99, 130, 83, 99];
        magic.CopyTo(packet, FixedSize);
        options.CopyTo(packet, FixedSize + 4);
        packet[^1] = 255;
        socket.SendTo(packet, new IPEndPoint(IPAddress.Broadcast, 67));
        var buffer = new byte[2048];
        do
        {
            Read(buffer.AsSpan(0, socket.Receive(buffer)));
        } while (Options[53][0] != answer);
    }

    private void Read(ReadOnlySpan<byte> packet)
    {
        Address = new IPAddress(packet.Slice(16, 4));
        NextServer = new IPAddress(packet.Slice(20, 4));
        File = Encoding.ASCII.GetString(packet.Slice(108, 128)).TrimEnd('\0');
        Options = [];
        var rest = packet[(FixedSize + 4)..];
        while (rest.Length > 1 && rest[0] != 255)
        {
            if (rest[0] != 0)
                Options[rest[0]] = rest.Slice(2, rest[1]).ToArray();
            rest = rest[0] == 0 ? rest[1..] : rest[(2 + rest[1])..];
        }
        if (Options.TryGetValue(67, out var file))
            File = Encoding.ASCII.GetString(file).TrimEnd('\0');
    }
}
