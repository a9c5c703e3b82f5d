using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Lab.BootAgent.Network;

/// <summary>DHCP over the wire (RFC 2131 section 2, options RFC 2132). Replies are untrusted: everything is checked.</summary>
internal static class DhcpMessage
{
    /// <summary>The size a request is padded to: the smallest BOOTP message (RFC 1542 section 2.1).</summary>
    public const int RequestSize = 300;

    /// <summary>Largest reply looked at, bytes.</summary>
    public const int ReplyLimit = 1500;

    private const int HostNameLimit = 253;
    private const int OptionsOffset = 240;
    private const uint MagicCookie = 0x63825363;
    private const byte Ethernet = 1;
    private const byte HardwareAddressLength = 6;
    private const ushort BroadcastFlag = 0x8000;

    // RFC 2132 option numbers.
    private const byte Pad = 0;
    private const byte SubnetMask = 1;
    private const byte RouterOption = 3;
    private const byte ResolverOption = 6;
    private const byte HostNameOption = 12;
    private const byte RequestedAddress = 50;
    private const byte LeaseTime = 51;
    private const byte Overload = 52;
    private const byte MessageType = 53;
    private const byte ServerIdentifier = 54;
    private const byte ParameterList = 55;
    private const byte MaximumSize = 57;
    private const byte VendorClass = 60;
    private const byte TftpServerName = 66;
    private const byte End = 255;

    /// <summary>Builds a discover (no offer given) or a request for an offer.</summary>
    public static byte[] Build(uint transaction, ReadOnlySpan<byte> hardwareAddress, ushort seconds, DhcpReply? offer)
    {
        var message = new byte[RequestSize];
        message[0] = 1; // BOOTREQUEST
        message[1] = Ethernet;
        message[2] = HardwareAddressLength;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), transaction);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), seconds);
        // We have no address yet, so a unicast answer would not reach the socket.
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), BroadcastFlag);
        hardwareAddress[..HardwareAddressLength].CopyTo(message.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), MagicCookie);

        var at = OptionsOffset;
        Put(message, ref at, MessageType, [(byte)(offer is null ? DhcpMessageType.Discover : DhcpMessageType.Request)]);
        if (offer is not null)
        {
            Put(message, ref at, RequestedAddress, offer.Address.GetAddressBytes());
            Put(message, ref at, ServerIdentifier, offer.Server.GetAddressBytes());
        }

        Put(
            message,
            ref at,
            ParameterList,
            [SubnetMask, RouterOption, ResolverOption, HostNameOption, LeaseTime, TftpServerName]
        );
        Put(message, ref at, MaximumSize, [ReplyLimit >> 8, ReplyLimit & 0xFF]);
        Put(message, ref at, VendorClass, "hwlab"u8);
        message[at] = End;
        return message;
    }

    /// <summary>
    /// Reads a reply to our transaction. False for anything else: another's reply, a malformed one, one without what a lease needs.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> message,
        uint transaction,
        ReadOnlySpan<byte> hardwareAddress,
        out DhcpReply reply
    )
    {
        reply = null!;
        if (!IsReplyToUs(message, transaction, hardwareAddress))
            return false;
        var options = new Dictionary<byte, byte[]>();
        if (!TryCollect(message[OptionsOffset..], options) || !TryCollectOverloaded(message, options))
            return false;
        if (!TryValue(options, MessageType, 1, out var type) || !TryAddress(options, ServerIdentifier, out var server))
            return false;
        var kind = (DhcpMessageType)type[0];
        if (kind is not (DhcpMessageType.Offer or DhcpMessageType.Acknowledge or DhcpMessageType.NotAcknowledge))
            return false;
        var address = new IPAddress(message.Slice(16, 4));
        if (kind != DhcpMessageType.NotAcknowledge && !IsHostAddress(address))
            return false;
        if (!TryMask(options, out var mask) || !TryServices(options, out var services))
            return false;
        reply = new DhcpReply(
            kind,
            address,
            server,
            mask,
            FirstAddress(options, RouterOption),
            FirstAddress(options, ResolverOption),
            TryValue(options, LeaseTime, 4, out var lease)
                ? TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(lease))
                : null,
            HostName(options),
            services
        );
        return true;
    }

    private static bool IsReplyToUs(ReadOnlySpan<byte> message, uint transaction, ReadOnlySpan<byte> hardwareAddress) =>
        message.Length is > OptionsOffset and <= ReplyLimit
        && message[0] == 2 // BOOTREPLY
        && message[1] == Ethernet
        && message[2] == HardwareAddressLength
        && BinaryPrimitives.ReadUInt32BigEndian(message[4..]) == transaction
        && message.Slice(28, HardwareAddressLength).SequenceEqual(hardwareAddress)
        && BinaryPrimitives.ReadUInt32BigEndian(message[236..]) == MagicCookie;

    private static void Put(Span<byte> message, ref int at, byte option, ReadOnlySpan<byte> value)
    {
        message[at] = option;
        message[at + 1] = (byte)value.Length;
        value.CopyTo(message[(at + 2)..]);
        at += 2 + value.Length;
    }

    /// <summary>Options given more than once are one value in parts (RFC 3396).</summary>
    private static bool TryCollect(ReadOnlySpan<byte> field, Dictionary<byte, byte[]> options)
    {
        var at = 0;
        while (at < field.Length)
        {
            var option = field[at++];
            if (option == Pad)
                continue;
            if (option == End)
                return true;
            if (at >= field.Length || field[at] > field.Length - at - 1)
                return false;
            var part = field.Slice(at + 1, field[at]);
            options[option] = options.TryGetValue(option, out var before) ? [.. before, .. part] : part.ToArray();
            at += 1 + part.Length;
        }

        // No end option: cut short on the way.
        return false;
    }

    /// <summary>Option 52: the boot file and server name fields hold options too.</summary>
    private static bool TryCollectOverloaded(ReadOnlySpan<byte> message, Dictionary<byte, byte[]> options)
    {
        if (!options.TryGetValue(Overload, out var value))
            return true;
        if (value.Length != 1 || value[0] is < 1 or > 3)
            return false;
        return ((value[0] & 1) == 0 || TryCollect(message.Slice(108, 128), options))
            && ((value[0] & 2) == 0 || TryCollect(message.Slice(44, 64), options));
    }

    private static bool TryValue(Dictionary<byte, byte[]> options, byte option, int length, out byte[] value) =>
        options.TryGetValue(option, out value!) && value.Length == length;

    private static bool TryAddress(Dictionary<byte, byte[]> options, byte option, out IPAddress address)
    {
        address = TryValue(options, option, 4, out var value) ? new IPAddress(value) : IPAddress.None;
        return IsHostAddress(address);
    }

    private static IPAddress? FirstAddress(Dictionary<byte, byte[]> options, byte option) =>
        options.TryGetValue(option, out var value)
        && value.Length >= 4
        && value.Length % 4 == 0
        && IsHostAddress(new IPAddress(value.AsSpan(0, 4)))
            ? new IPAddress(value.AsSpan(0, 4))
            : null;

    private static bool TryMask(Dictionary<byte, byte[]> options, out IPAddress? mask)
    {
        mask = null;
        if (!options.TryGetValue(SubnetMask, out var value))
            return true;
        if (value.Length != 4)
            return false;
        var inverse = ~BinaryPrimitives.ReadUInt32BigEndian(value);
        mask = new IPAddress(value);
        return (inverse & (inverse + 1)) == 0; // ones, then zeros
    }

    /// <summary>A plain http origin, or nothing: what else stands there is a name for TFTP and not for us.</summary>
    private static bool TryServices(Dictionary<byte, byte[]> options, out string? services)
    {
        services = null;
        if (!options.TryGetValue(TftpServerName, out var value))
            return true;
        var text = Encoding.ASCII.GetString(value).TrimEnd('\0');
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return true;
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return false;
        services = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return true;
    }

    private static string? HostName(Dictionary<byte, byte[]> options)
    {
        if (!options.TryGetValue(HostNameOption, out var value) || value.Length is 0 or > HostNameLimit)
            return null;
        var name = Encoding.ASCII.GetString(value);
        return name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.') ? name : null;
    }

    private static bool IsHostAddress(IPAddress address)
    {
        var first = address.GetAddressBytes()[0];
        return first is > 0 and < 224 and not 127;
    }
}
