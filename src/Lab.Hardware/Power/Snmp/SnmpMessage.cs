using System.Formats.Asn1;

namespace Lab.Hardware.Power.Snmp;

/// <summary>
/// An SNMP message of version 2c (RFC 1901, RFC 3416) with one variable. What is received is read strictly; BER's lengths and tags are the
/// framework's to check.
/// </summary>
/// <param name="Community">Which access the sender claims.</param>
/// <param name="Pdu">What is asked or answered.</param>
internal sealed record SnmpMessage(string Community, SnmpPdu Pdu)
{
    /// <summary>The largest message that is taken; outlets answer in less than 100 bytes.</summary>
    public const int Longest = 1500;

    private const int Version2C = 1;

    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version2C);
            writer.WriteOctetString(System.Text.Encoding.UTF8.GetBytes(Community));
            Pdu.Write(writer);
        }

        return writer.Encode();
    }

    /// <exception cref="AsnContentException">That is no such message.</exception>
    public static SnmpMessage Decode(ReadOnlyMemory<byte> bytes)
    {
        var whole = new AsnReader(bytes, AsnEncodingRules.BER);
        var message = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        if (!message.TryReadInt32(out var version) || version != Version2C)
        {
            throw new AsnContentException("it is not version 2c");
        }

        var community = System.Text.Encoding.UTF8.GetString(message.ReadOctetString());
        var pdu = SnmpPdu.Read(message);
        message.ThrowIfNotEmpty();
        return new SnmpMessage(community, pdu);
    }
}
