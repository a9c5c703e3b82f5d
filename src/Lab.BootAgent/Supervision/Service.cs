using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Supervision;

/// <summary>A program that is to run for as long as the board does: started again when it ends, ever later if it keeps ending.</summary>
/// <param name="name">For events and the log.</param>
/// <param name="command">The program and its arguments, asked for at each start.</param>
/// <param name="log">Takes its output.</param>
/// <param name="events">Told of each end that nobody asked for.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class Service(
    string name,
    Func<(string Program, IReadOnlyList<string> Arguments)> command,
    BoundedLog log,
    EventWriter events,
    TimeProvider time
) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProvedItself = TimeSpan.FromSeconds(60);

    private CancellationTokenSource? _running;
    private Task _loop = Task.CompletedTask;

    /// <summary>Told of each line of its output.</summary>
    public Action<string>? OnLine { get; set; }

    /// <summary>Its output.</summary>
    public BoundedLog Log { get; } = log;

    /// <summary>Starts it, if it does not run.</summary>
    public void Start()
    {
        if (_running is not null)
            return;
        _running = new CancellationTokenSource();
        _loop = RunAsync(_running.Token);
    }

    /// <summary>Ends it for good; returns when it has ended.</summary>
    public async Task StopAsync()
    {
        if (_running is null)
            return;
        await _running.CancelAsync();
        await _loop;
        _running.Dispose();
        _running = null;
    }

    public void Dispose()
    {
        _running?.Dispose();
        Log.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var detail = await RunOnceAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested)
                return;
            pause = time.GetElapsedTime(started) > ProvedItself ? TimeSpan.FromSeconds(1) : pause;
            var seconds = (int)pause.TotalSeconds;
            events.Write(
                "exited",
                json =>
                {
                    json.WriteString("program"u8, name);
                    json.WriteString("detail"u8, EventWriter.Shorten(detail));
                    json.WriteNumber("restartSeconds"u8, seconds);
                }
            );
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<string> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (program, arguments) = command();
            using var child = Child.Start(program, arguments, Log, line => OnLine?.Invoke(line));
            var cancelled = new TaskCompletionSource();
            await using (cancellationToken.Register(cancelled.SetResult))
                await Task.WhenAny(child.Ended, cancelled.Task);
            await (cancellationToken.IsCancellationRequested ? child.StopAsync(time) : Task.CompletedTask);
            return $"exit code {await child.Ended}: {LastWords(Log.Tail())}";
        }
        catch (Exception error) when (error is LinuxException or IOException)
        {
            return error.Message;
        }
    }

    /// <summary>The last line that says something: Go's programs end in pages of usage or stack.</summary>
    public static string LastWords(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(IsComplaint) ?? lines.LastOrDefault(line => line.Length > 0) ?? "it said nothing";

    /// <summary>klog's errors and fatals (<c>E1123 …</c>), and what programs of other manners call so.</summary>
    private static bool IsComplaint(string line) =>
        (line.Length > 5 && line[0] is 'E' or 'F' && line[1..5].All(char.IsAsciiDigit))
        || line.StartsWith("error", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("panic:", StringComparison.Ordinal)
        || line.Contains("level=fatal", StringComparison.Ordinal)
        || line.Contains("no space left on device", StringComparison.Ordinal);
}
