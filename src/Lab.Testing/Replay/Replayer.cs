using System.Text;

namespace Lab.Testing.Replay;

/// <summary>Says what a recording says, at its times, then sits there as a board at its prompt does until its input ends.</summary>
/// <param name="recording">The recording.</param>
/// <param name="speed">How many times faster than it was recorded; 0 for no pauses at all.</param>
/// <param name="time">The clock.</param>
public sealed class Replayer(Recording recording, double speed, TimeProvider time)
{
    private readonly StringBuilder _typed = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Plays it. Ends when the input ends: a replay does not outlive its owner.</summary>
    public async Task PlayAsync(Stream output, Stream input, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(input, stop);
        try
        {
            var before = TimeSpan.Zero;
            foreach (var step in recording.Steps)
            {
                if (step.AwaitedInput is { } awaited)
                {
                    await WaitForAsync(awaited, stop.Token);
                }
                else if (speed > 0 && step.At > before)
                {
                    await Task.Delay((step.At - before) / speed, time, stop.Token);
                }

                before = step.At;
                await output.WriteAsync(step.Bytes, stop.Token);
                await output.FlushAsync(stop.Token);
            }

            await listening;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The input ended: the owner is gone or has cut the power.
        }
    }

    private async Task ListenAsync(Stream input, CancellationTokenSource stop)
    {
        var buffer = new byte[1024];
        int count;
        while ((count = await input.ReadAsync(buffer, stop.Token)) > 0)
        {
            lock (_gate)
            {
                _typed.Append(Encoding.UTF8.GetString(buffer, 0, count));
                _more.TrySetResult();
                _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        await stop.CancelAsync();
    }

    private async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                var typed = _typed.ToString();
                var found = typed.IndexOf(text, StringComparison.Ordinal);
                if (found >= 0)
                {
                    _typed.Remove(0, found + text.Length);
                    return;
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }
}
