using Lab.Hardware.Consoles.Network;

namespace Lab.Hardware.Tests.Consoles;

[TestFixture]
internal sealed class TelnetDecoderTests
{
    [Test]
    public void Commands_are_taken_out_and_data_is_left()
    {
        var heard = new List<string>();
        var data = Decode(
            [1, 255, 251, 3, 2, 255, 255, 3, 255, 250, 44, 101, 255, 255, 0, 255, 240, 4, 255, 241, 5],
            heard,
            int.MaxValue
        );
        Assert.Multiple(() =>
        {
            Assert.That(data, Is.EqualTo(new byte[] { 1, 2, 255, 3, 4, 5 }));
            Assert.That(heard, Is.EqualTo(new[] { "251 3", "44: 65FF00" }));
        });
    }

    [Test]
    public void A_carriage_return_has_its_nul_taken_off_only_where_the_line_is_not_binary()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Decode("a\r\0b\r\nc"u8.ToArray(), [], int.MaxValue), Is.EqualTo("a\rb\r\nc"u8.ToArray()));
            Assert.That(Decode("a\r\0b"u8.ToArray(), [], int.MaxValue, isBinary: true), Is.EqualTo("a\r\0b"u8.ToArray()));
        });
    }

    [Test]
    public void Any_bytes_split_anywhere_mean_the_same([Range(0, 49)] int seed)
    {
        var random = new Random(seed);
        byte[] interesting = [255, 254, 253, 252, 251, 250, 240, 243, 44, 13, 0, 65];
        var bytes = Enumerable.Range(0, 3000).Select(_ => interesting[random.Next(interesting.Length)]).ToArray();
        var (whole, split) = (new List<string>(), new List<string>());
        Assert.That(Decode(bytes, split, 1 + random.Next(7)), Is.EqualTo(Decode(bytes, whole, int.MaxValue)));
        Assert.That(split, Is.EqualTo(whole));
    }

    [Test]
    public void An_endless_subnegotiation_costs_no_memory()
    {
        var longest = 0;
        var decoder = new TelnetDecoder((_, _) => { }, (_, value) => longest = value.Length);
        var junk = Enumerable.Repeat((byte)'x', 1 << 20).ToArray();
        decoder.Decode([255, 250]);
        decoder.Decode(junk);
        decoder.Decode([255, 240]);
        Assert.That(longest, Is.LessThan(TelnetDecoder.LongestSubnegotiation));
    }

    private static byte[] Decode(byte[] bytes, List<string> heard, int step, bool isBinary = false)
    {
        var decoder = new TelnetDecoder(
            (verb, option) => heard.Add($"{verb} {option}"),
            (option, value) => heard.Add($"{option}: {Convert.ToHexString(value)}")
        )
        {
            IsBinary = isBinary,
        };
        var data = new List<byte>();
        for (var start = 0; start < bytes.Length; start += Math.Min(step, bytes.Length - start))
        {
            var piece = bytes.AsSpan(start, Math.Min(step, bytes.Length - start)).ToArray();
            data.AddRange(piece.AsSpan(0, decoder.Decode(piece)));
        }

        return [.. data];
    }
}
