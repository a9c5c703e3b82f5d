using System.Text;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Controller.Consoles;

/// <summary>A person, or a pipe, at a board's console.</summary>
/// <param name="board">The board, with that console and perhaps its power.</param>
/// <param name="console">The console.</param>
/// <param name="input">What is typed.</param>
/// <param name="output">Where what the board says goes.</param>
/// <param name="history">Reads the last lines that the board has said before.</param>
internal sealed class ConsoleSession(Board board, IConsole console, Stream input, Stream output, Func<int, byte[]> history)
{
    private const int HistoryOnDemand = 200;

    private static readonly TimeSpan BreakTime = TimeSpan.FromMilliseconds(250);

    private const string Help =
        "escape key Ctrl-], then: q quit · b send a break · c power cycle · h history · Ctrl-] send Ctrl-] itself · ? this";

    /// <summary>Shows what the board says and hands on what is typed, until the escape key and <c>q</c>, or until it is cancelled.</summary>
    public async Task RunInteractiveAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await SayAsync($"{board.Name}, {console.Name}; {Help}");
        var showing = ShowAsync(stop.Token);
        try
        {
            await TypeAsync(stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Shows what the board says and hands on what comes from a pipe.</summary>
    /// <param name="until">Ends when the board has said this; null for no such end.</param>
    /// <param name="atMost">Ends after this time; null for no such end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConsoleTimeoutException">The board did not say it in time.</exception>
    /// <exception cref="LabException">The line does not take the input, or was lost meanwhile.</exception>
    public async Task RunPipedAsync(ConsolePattern? until, TimeSpan? atMost, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var from = console.Position;
        var showing = ShowAsync(stop.Token);
        // A read of standard input cannot be called back, so nobody waits for it; what it cannot hand on ends the session.
        var feeding = FeedAsync(stop.Token);
        try
        {
            var ending = until is null
                ? Task.Delay(atMost ?? Timeout.InfiniteTimeSpan, stop.Token)
                : console.ExpectAsync(until, from, atMost ?? TimeSpan.FromDays(1), stop.Token);
            if (await Task.WhenAny(ending, Failure(feeding)) != ending)
            {
                await feeding;
            }

            await ending;
        }
        finally
        {
            await stop.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Task Failure(Task feeding) =>
        feeding
            .ContinueWith(
                task => task.IsFaulted ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan),
                TaskScheduler.Default
            )
            .Unwrap();

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        await foreach (var chunk in console.ReadAsync(0, cancellationToken))
        {
            // What was received is shown whole, also when the session ends meanwhile.
            await output.WriteAsync(chunk.Bytes, CancellationToken.None);
            await output.FlushAsync(CancellationToken.None);
        }
    }

    private async Task FeedAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await console.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private async Task TypeAsync(CancellationToken cancellationToken)
    {
        var keys = new EscapeKeys();
        var buffer = new byte[256];
        int count;
        while ((count = await input.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken)) > 0)
        {
            var send = new List<byte>();
            var commands = keys.Read(buffer.AsSpan(0, count), send);
            if (send.Count > 0)
            {
                await TryAsync(token => console.WriteAsync(send.ToArray(), token), cancellationToken);
            }

            foreach (var command in commands)
            {
                if (command is 'q' or 'Q')
                {
                    return;
                }

                await TryAsync(token => DoAsync(command, token), cancellationToken);
            }
        }
    }

    private async Task DoAsync(char command, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case 'b' when console is ILineControl line:
                await line.SendBreakAsync(BreakTime, cancellationToken);
                break;
            case 'c' when board.Find<IPower>() is { } power:
                await SayAsync("cutting the power");
                await power.CutAsync(cancellationToken);
                await power.OnAsync(cancellationToken);
                await SayAsync("power is on");
                break;
            case 'h':
                await output.WriteAsync(history(HistoryOnDemand), cancellationToken);
                await output.FlushAsync(cancellationToken);
                break;
            default:
                await SayAsync(Help);
                break;
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action(cancellationToken);
        }
        catch (LabException exception)
        {
            await SayAsync(exception.Message.ReplaceLineEndings(" "));
        }
    }

    private async Task SayAsync(string text)
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes($"\r\n[hwlab: {text}]\r\n"));
        await output.FlushAsync();
    }
}
