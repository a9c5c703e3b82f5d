using System.Globalization;
using System.Text;
using Lab.Model.Consoles;

namespace Lab.Controller.Reports;

/// <summary>Turns a recorded console into lines with times.</summary>
internal static class ConsoleTranscript
{
    /// <summary>The most bytes that are shown, the last ones; the log has them all.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>The longest line that is shown whole.</summary>
    public const int LongestLine = 2000;

    /// <summary>The lines of a recording.</summary>
    /// <param name="log">The bytes.</param>
    /// <param name="times">What <c>ConsoleRecording</c> wrote beside them; null where there is nothing.</param>
    /// <param name="isCut">Whether the beginning was left out.</param>
    public static List<TranscriptLine> Read(byte[] log, string? times, out bool isCut)
    {
        var from = Math.Max(0, log.Length - MostBytes);
        isCut = from > 0;
        var chunks = ParseTimes(times);
        var lines = new List<TranscriptLine>();
        var line = new List<byte>();
        var stripper = new EscapeStripper();
        var (chunk, start) = (0, from);
        for (var position = from; position < log.Length; position++)
        {
            var value = log[position];
            if (line.Count == 0)
            {
                start = position;
            }

            var isText = stripper.Accept(value);
            if (value == '\n')
            {
                lines.Add(new TranscriptLine(TimeAt(chunks, ref chunk, start), TextOf(line)));
                line.Clear();
            }
            else if (isText || value == '\r')
            {
                line.Add(value);
            }
        }

        if (line.Count > 0)
        {
            lines.Add(new TranscriptLine(TimeAt(chunks, ref chunk, start), TextOf(line)));
        }

        return lines;
    }

    /// <summary>What a terminal would show of a line: after a carriage return, writing begins again at its start.</summary>
    private static string TextOf(List<byte> line)
    {
        var text = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
        text = text[(text.LastIndexOf('\r') + 1)..];
        return text.Length <= LongestLine ? text : text[..LongestLine] + "…";
    }

    private static DateTimeOffset? TimeAt(List<(long Position, DateTimeOffset At)> chunks, ref int chunk, int position)
    {
        while (chunk + 1 < chunks.Count && chunks[chunk + 1].Position <= position)
        {
            chunk++;
        }

        return chunks.Count == 0 ? null : chunks[chunk].At;
    }

    private static List<(long Position, DateTimeOffset At)> ParseTimes(string? times)
    {
        var chunks = new List<(long, DateTimeOffset)>();
        foreach (var line in (times ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // The file may have been written by anybody before a report is rendered again: what is no time is passed over.
            if (
                line.Split(' ') is [var at, var position, _]
                && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            )
            {
                chunks.Add((offset, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)));
            }
        }

        return chunks;
    }
}
