using System.Formats.Asn1;

namespace Lab.Hardware.Power.Snmp;

/// <summary>What an SNMP message asks or answers: RFC 3416, section 3. One variable, with an integer or without a value.</summary>
/// <param name="Kind">Get, Response or Set.</param>
/// <param name="RequestId">What pairs answers with questions.</param>
/// <param name="ErrorStatus">0 where all went well.</param>
/// <param name="Oid">The variable, in dots.</param>
/// <param name="Value">Its value; null for none.</param>
/// <param name="Missing">Why the variable has no value: there is no such object or instance.</param>
internal sealed record SnmpPdu(SnmpPduKind Kind, int RequestId, int ErrorStatus, string Oid, int? Value, bool Missing = false)
{
    // RFC 3416: noSuchObject, noSuchInstance and endOfMibView are [0] to [2].
    private const int NoSuchObject = 0;
    private const int EndOfView = 2;

    // RFC 2578: Counter32 and Gauge32 are [APPLICATION 1] and [APPLICATION 2].
    private const int Counter = 1;
    private const int Gauge = 2;

    public void Write(AsnWriter writer)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, (int)Kind)))
        {
            writer.WriteInteger(RequestId);
            writer.WriteInteger(ErrorStatus);
            writer.WriteInteger(0);
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oid);
                if (Value is { } value)
                {
                    writer.WriteInteger(value);
                }
                else
                {
                    writer.WriteNull();
                }
            }
        }
    }

    /// <exception cref="AsnContentException">That is no such PDU.</exception>
    public static SnmpPdu Read(AsnReader message)
    {
        var tag = message.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || !Enum.IsDefined((SnmpPduKind)tag.TagValue))
        {
            throw new AsnContentException($"it has a PDU of kind {tag.TagValue}");
        }

        var pdu = message.ReadSequence(new Asn1Tag(tag.TagClass, tag.TagValue));
        var id = Int(pdu, "request id");
        var status = Int(pdu, "error status");
        Int(pdu, "error index");
        var variables = pdu.ReadSequence();
        pdu.ThrowIfNotEmpty();
        var variable = variables.ReadSequence();
        variables.ThrowIfNotEmpty();
        var oid = variable.ReadObjectIdentifier();
        var (value, missing) = ReadValue(variable);
        variable.ThrowIfNotEmpty();
        return new SnmpPdu((SnmpPduKind)tag.TagValue, id, status, oid, value, missing);
    }

    private static (int? Value, bool Missing) ReadValue(AsnReader variable)
    {
        var tag = variable.PeekTag();
        switch (tag.TagClass, tag.TagValue)
        {
            case (TagClass.Universal, (int)UniversalTagNumber.Null):
                variable.ReadNull();
                return (null, false);
            case (TagClass.ContextSpecific, >= NoSuchObject and <= EndOfView):
                variable.ReadEncodedValue();
                return (null, true);
            case (TagClass.Application, >= Counter and <= Gauge):
                return (Int(variable, "value", tag), false);
            default:
                return (Int(variable, "value"), false);
        }
    }

    private static int Int(AsnReader reader, string what, Asn1Tag? tag = null) =>
        reader.TryReadInt32(out var value, tag) ? value : throw new AsnContentException($"its {what} is too large");
}
