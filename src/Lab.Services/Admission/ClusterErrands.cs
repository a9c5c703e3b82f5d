using Lab.Model.Errors;

namespace Lab.Services.Admission;

/// <summary>Work at the cluster that must get done in the background, however often the API server restarts meanwhile.</summary>
internal sealed class ClusterErrands(TimeProvider time, Action<LabException> onFault) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<AdmissionCluster> _cluster = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _running = [];

    /// <summary>The cluster, once it is up.</summary>
    public Task<AdmissionCluster> Cluster => _cluster.Task;

    /// <summary>From now on errands are run, at that cluster.</summary>
    public void Open(AdmissionCluster cluster) => _cluster.TrySetResult(cluster);

    /// <summary>Starts an errand. It is repeated until it ends without a failure that passes.</summary>
    public void Send(string what, Func<AdmissionCluster, CancellationToken, Task> errand)
    {
        lock (_gate)
        {
            if (_end.IsCancellationRequested)
                return;
            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(Task.Run(() => RunAsync(what, errand)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _end.Cancel();
            running = [.. _running];
        }
        await Task.WhenAll(running);
        _end.Dispose();
    }

    private async Task RunAsync(string what, Func<AdmissionCluster, CancellationToken, Task> errand)
    {
        try
        {
            var cluster = await _cluster.Task.WaitAsync(_end.Token);
            var pause = FirstPause;
            while (true)
            {
                var begun = time.GetTimestamp();
                try
                {
                    await errand(cluster, _end.Token);
                    return;
                }
                catch (Exception exception) when (ApiFailures.IsPassing(exception, _end.Token))
                {
                    // What went well for a while and then failed, a watch, is tried again at once.
                    pause = time.GetElapsedTime(begun) > LongestPause ? FirstPause : pause;
                    await Task.Delay(pause, time, _end.Token);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The run ends, and with it the cluster.
        }
#pragma warning disable CA1031 // A gate that no longer works must not look like a board's fault.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            onFault(
                exception as LabException
                    ?? new LabException($"{what} failed: {exception.Message}", "node admission", inner: exception)
            );
        }
    }
}
