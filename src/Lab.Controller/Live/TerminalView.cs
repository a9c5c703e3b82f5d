using Lab.Controller.Runs;
using Lab.Model.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Lab.Controller.Live;

/// <summary>Redraws the picture of a run on a terminal, and leaves its last state there.</summary>
internal sealed class TerminalView(
    IAnsiConsole terminal,
    RunFolder folder,
    IReadOnlyList<string> planned,
    Func<int, IReadOnlyList<string>> lastLines,
    TimeProvider time
) : IRunView
{
    private const int MostConsoleLines = 12;

    // As often as a moving picture needs; events are read as they come, whatever is drawn.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly RunProgress _progress = new();

    public async Task ShowAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken)
    {
        await terminal
            .Live(new Text(""))
            .AutoClear(true)
            .Overflow(VerticalOverflow.Crop)
            .Cropping(VerticalOverflowCropping.Top)
            .StartAsync(async screen =>
            {
                var reading = ReadAsync(events, cancellationToken);
                using var frames = new PeriodicTimer(Frame, time);
                while (await Task.WhenAny(reading, frames.WaitForNextTickAsync(cancellationToken).AsTask()) != reading)
                {
                    Draw(screen);
                }

                await reading;
            });
        // The last picture is written afresh: a live one keeps the height of the highest that was shown.
        terminal.Write(Picture());
        if (_progress.Record is { } record)
        {
            foreach (var line in PlainView.Summary(record, folder))
            {
                terminal.WriteLine(line);
            }
        }
    }

    private async Task ReadAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            lock (_gate)
            {
                _progress.Accept(runEvent);
            }
        }
    }

    private void Draw(LiveDisplayContext screen) => screen.UpdateTarget(Picture());

    private IRenderable Picture()
    {
        lock (_gate)
        {
            var size = terminal.Profile;
            // An ended run's picture scrolls, so that nothing of it is left out.
            var height = _progress.Record is null ? size.Height : int.MaxValue;
            return RunScreen.Draw(_progress, planned, lastLines(MostConsoleLines), time.GetUtcNow(), size.Width, height);
        }
    }
}
