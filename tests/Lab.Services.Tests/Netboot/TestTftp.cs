using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lab.Services.Tests.Netboot;

/// <summary>A TFTP client, RFC 1350 and 2348, enough to fetch a file.</summary>
internal static class TestTftp
{
    private const int BlockSize = 1468;
    private const int Data = 3;
    private const int Acknowledge = 4;
    private const int Error = 5;

    public static byte[] Fetch(IPAddress server, string file)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Any, 0));
        socket.Client.ReceiveTimeout = 10_000;
        socket.Send(Encoding.ASCII.GetBytes($"\0\u0001{file}\0octet\0blksize\0{BlockSize}\0"), new IPEndPoint(server, 69));
        var content = new MemoryStream();
        ushort expected = 1;
        while (true)
        {
            var peer = new IPEndPoint(IPAddress.Any, 0);
            var packet = socket.Receive(ref peer);
            var operation = BinaryPrimitives.ReadUInt16BigEndian(packet);
            if (operation == Error)
                throw new IOException(Encoding.ASCII.GetString(packet, 4, packet.Length - 5));
            var block = operation == Data ? BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)) : (ushort)0;
            if (operation == Data && block == expected)
            {
                content.Write(packet, 4, packet.Length - 4);
                expected++;
            }
            socket.Send([0, Acknowledge, (byte)(block >> 8), (byte)block], peer);
            if (operation == Data && packet.Length < BlockSize + 4)
                return content.ToArray();
        }
    }
}
