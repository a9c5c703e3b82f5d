using System.Globalization;
using System.Text;
using Lab.Model.Consoles;

namespace Lab.Controller.Runs;

/// <summary>
/// Copies a console into the run's folder: the bytes as they came, and beside them one line a chunk with the time it was received
/// (<c>milliseconds-since-1970 position length</c>). The board's own log, which does not need the controller, is another file.
/// </summary>
internal sealed class ConsoleRecording : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _copying;

    public ConsoleRecording(IConsole console, RunFolder folder, string board)
    {
        Name = $"{RunFolder.Boards}/{board}/{console.Name}.log";
        var bytes = folder.Append(Name);
        var times = folder.Append(TimesOf(Name));
        _copying = CopyAsync(console, console.Position, bytes, times, _stop.Token);
    }

    /// <summary>The log, relative to the run's folder.</summary>
    public string Name { get; }

    /// <summary>Why not everything could be kept, or null.</summary>
    public Exception? Failure => _copying.Exception?.InnerException;

    public static string TimesOf(string log) => Path.ChangeExtension(log, ".times");

    /// <summary>Waits until the console has closed and everything it said is kept.</summary>
    public Task FinishAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        Task.WhenAny(_copying, Task.Delay(atMost, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static async Task CopyAsync(
        IConsole console,
        long from,
        FileStream bytes,
        FileStream times,
        CancellationToken cancellationToken
    )
    {
        await using (bytes)
        await using (times)
        {
            try
            {
                await foreach (var chunk in console.ReadAsync(from, cancellationToken))
                {
                    await bytes.WriteAsync(chunk.Bytes, CancellationToken.None);
                    await bytes.FlushAsync(CancellationToken.None);
                    var line = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{chunk.ReceivedAt.ToUnixTimeMilliseconds()} {chunk.Position - from} {chunk.Bytes.Length}\n"
                    );
                    await times.WriteAsync(Encoding.ASCII.GetBytes(line), CancellationToken.None);
                    await times.FlushAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The run has ended and the board is kept: what came until now is in the file.
            }
        }
    }
}
