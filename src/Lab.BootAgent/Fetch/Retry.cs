using Lab.BootAgent.Events;

namespace Lab.BootAgent.Fetch;

/// <summary>Another try for what may pass by itself: a network or a server that is not there yet.</summary>
/// <param name="time">The clock of the pauses.</param>
internal sealed class Retry(TimeProvider time)
{
    /// <summary>Pauses before the second, third and fourth try.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>Runs an action until it succeeds, is refused for good, or was tried four times.</summary>
    /// <param name="action">Throws <see cref="RefusalException"/>; only <see cref="RefusalCode.FetchFailed"/> is tried again.</param>
    /// <param name="cancellationToken">Ends the pauses.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        foreach (var pause in Pauses)
        {
            try
            {
                return await action();
            }
            catch (RefusalException refusal) when (refusal.Code == RefusalCode.FetchFailed)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }

        return await action();
    }
}
