using System.Formats.Asn1;
using Lab.Hardware.Power.Snmp;

namespace Lab.Hardware.Tests.Power;

[TestFixture]
internal sealed class SnmpMessageTests
{
    private static readonly SnmpMessage Sample = new("rack", new SnmpPdu(SnmpPduKind.Set, 77, 0, "1.3.6.1.4.1.318.1", 2));

    [Test]
    public void What_is_written_is_read_back() => Assert.That(SnmpMessage.Decode(Sample.Encode()), Is.EqualTo(Sample));

    [Test]
    public void A_message_is_encoded_as_the_standard_says() =>
        // Composed apart from this code, after RFC 3416 and the basic encoding rules.
        Assert.That(
            Convert.ToHexString(Sample.Encode()),
            Is.EqualTo("302502010104047261636BA31A02014D020100020100300F300D06082B06010401823E01020102")
        );

    [Test]
    public void Any_flipped_byte_is_refused_or_read_and_never_worse([Range(0, 199)] int seed)
    {
        var random = new Random(seed);
        var bytes = Sample.Encode();
        for (var flips = random.Next(1, 4); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        try
        {
            SnmpMessage.Decode(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
        }
        catch (AsnContentException)
        {
            // Refused.
        }
    }
}
