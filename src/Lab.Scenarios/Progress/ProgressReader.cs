using Lab.Model.Consoles;

namespace Lab.Scenarios.Progress;

/// <summary>Reads a board's progress events off its console, in order, from a position on.</summary>
internal sealed class ProgressReader(IConsole console, long from)
{
    private static readonly ConsolePattern Line = ConsolePattern.Regex(@"@hwlab (\{.*\})");

    private long _from = from;

    /// <summary>The position up to which the console was read.</summary>
    public long Position => _from;

    /// <summary>The next event.</summary>
    /// <exception cref="ConsoleTimeoutException">None came in time.</exception>
    public async Task<ProgressEvent> NextAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            var match = await console.ExpectAsync(Line, _from, deadline, cancellationToken);
            _from = match.End;
            if (ProgressEvent.TryParse(match.Groups[1], match.End, match.ReceivedAt) is { } progress)
            {
                return progress;
            }
        }
    }

    /// <summary>Goes on behind something else that was read from the same console.</summary>
    public void SkipTo(long position) => _from = Math.Max(_from, position);
}
