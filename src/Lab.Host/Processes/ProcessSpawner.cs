using System.Collections.Concurrent;

namespace Lab.Host.Processes;

/// <summary>
/// The one long-lived thread that starts children. A parent-death signal belongs to the thread that forked (prctl(2), PR_SET_PDEATHSIG), so
/// a child started from a pool thread would die whenever the pool shrinks.
/// </summary>
internal sealed class ProcessSpawner : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public ProcessSpawner()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "process spawner" };
        _thread.Start();
    }

    public Task<TResult> RunAsync<TResult>(Func<TResult> start)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                result.SetResult(start());
            }
#pragma warning disable CA1031 // Handed on to whoever awaits the task.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    /// <summary>Ends the thread. Children that still run are killed by the kernel.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var start in _work.GetConsumingEnumerable())
            start();
    }
}
