using System.Buffers.Binary;
using Lab.BootAgent.Network;

namespace Lab.BootAgent.Tests.Network;

/// <summary>What a DHCP server sends, made by hand so that the client's own code is not its judge.</summary>
internal sealed class DhcpServerMessage(DhcpMessageType type)
{
    public const uint Transaction = 0x1234_5678;
    public static readonly byte[] HardwareAddress = [0x52, 0x54, 0, 1, 2, 3];

    private readonly List<byte> options = [53, 1, (byte)type, 54, 4, 10, 0, 2, 2];

    public byte[] Address { get; init; } = [10, 0, 2, 15];

    public DhcpServerMessage Option(byte number, params byte[] value)
    {
        options.AddRange([number, (byte)value.Length, .. value]);
        return this;
    }

    public DhcpServerMessage Option(byte number, string text) => Option(number, System.Text.Encoding.UTF8.GetBytes(text));

    public byte[] ToBytes(bool withEnd = true)
    {
        var message = new byte[240 + options.Count + (withEnd ? 1 : 0)];
        message[0] = 2;
        message[1] = 1;
        message[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), Transaction);
        Address.CopyTo(message, 16);
        HardwareAddress.CopyTo(message, 28);
        message[236] = 0x63;
        message[237] = 0x82;
        message[238] = 0x53;
        message[239] = 0x63;
        options.CopyTo(message, 240);
        if (withEnd)
            message[^1] = 255;
        return message;
    }
}
