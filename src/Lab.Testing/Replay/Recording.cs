using System.Globalization;

namespace Lab.Testing.Replay;

/// <summary>
/// A console as it was recorded: the bytes (<c>console.log</c> of a run) and when they came (<c>console.times</c>: a line
/// <c>milliseconds position length</c> a chunk). A line <c>wait TEXT</c> in the latter makes the replay wait until TEXT was typed.
/// </summary>
public sealed class Recording
{
    private Recording(IReadOnlyList<RecordingStep> steps) => Steps = steps;

    /// <summary>What happens, in order.</summary>
    public IReadOnlyList<RecordingStep> Steps { get; }

    /// <summary>Reads a recording; without times, all bytes come at once.</summary>
    /// <exception cref="FormatException">The times do not fit the bytes.</exception>
    public static Recording Read(string log, string times)
    {
        var bytes = File.ReadAllBytes(log);
        return new Recording(
            File.Exists(times) ? Join(bytes, File.ReadAllLines(times)) : [new RecordingStep(TimeSpan.Zero, bytes)]
        );
    }

    private static List<RecordingStep> Join(byte[] bytes, string[] lines)
    {
        var steps = new List<RecordingStep>();
        long? first = null;
        string? awaited = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("wait ", StringComparison.Ordinal))
            {
                awaited = line["wait ".Length..];
                continue;
            }

            var fields = line.Split(' ').Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            if (
                fields is not [var at, var position, var length]
                || position < 0
                || length < 0
                || position + length > bytes.Length
            )
            {
                throw new FormatException($"'{line}' does not fit a recording of {bytes.Length} bytes");
            }

            first ??= at;
            var piece = bytes.AsMemory((int)position, (int)length);
            steps.Add(new RecordingStep(TimeSpan.FromMilliseconds(at - first.Value), piece, awaited));
            awaited = null;
        }

        return steps;
    }
}
