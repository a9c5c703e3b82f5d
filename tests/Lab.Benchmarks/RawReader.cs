using System.Text;

namespace Lab.Benchmarks;

/// <summary>The plainest way to follow a console: read, look for the next text, note the time.</summary>
internal static class RawReader
{
    private const int ReadSize = 64 * 1024;

    /// <summary>Where each moment shows, in this order; one of the texts will do.</summary>
    private static readonly (Moment Moment, byte[][] Texts)[] Marks =
    [
        (Moment.Firmware, [Bytes("U-Boot 20")]),
        (Moment.LinuxBoot, [Bytes("\"stage\":\"linuxboot\",\"event\":\"started\"")]),
        (Moment.Target, [Bytes("\"stage\":\"node\",\"event\":\"started\"")]),
        (
            Moment.Attestation,
            [Bytes("\"stage\":\"node\",\"event\":\"attested\""), Bytes("\"stage\":\"node\",\"event\":\"denied\"")]
        ),
    ];

    /// <summary>Reads until the last moment, or the end of the stream.</summary>
    public static Dictionary<Moment, TimeSpan> Follow(Stream stream, TimeProvider time, long start)
    {
        var moments = new Dictionary<Moment, TimeSpan>();
        var read = new MemoryStream();
        var buffer = new byte[ReadSize];
        var from = 0;
        while (moments.Count <= Marks.Length && stream.Read(buffer) is > 0 and var count)
        {
            var at = time.GetElapsedTime(start);
            read.Write(buffer, 0, count);
            moments.TryAdd(Moment.FirstByte, at);
            while (moments.Count <= Marks.Length && Find(read, Marks[moments.Count - 1].Texts, ref from))
            {
                moments.Add(Marks[moments.Count - 1].Moment, at);
            }
        }

        return moments;
    }

    private static bool Find(MemoryStream read, byte[][] texts, ref int from)
    {
        var fresh = read.GetBuffer().AsSpan(from, (int)read.Length - from);
        foreach (var text in texts)
        {
            if (fresh.IndexOf(text) is >= 0 and var index)
            {
                from += index + text.Length;
                return true;
            }
        }

        from = Math.Max(from, (int)read.Length - texts.Max(text => text.Length));
        return false;
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
