using System.Threading.Channels;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>
/// Objects that are to be reconciled: each is worked on by one worker at a time, an object that is asked for meanwhile once more after that, and
/// each again after the time that its last reconciliation gave, or soon and ever later when it threw.
/// </summary>
internal sealed class ReconcileQueue(
    Func<ObjectKey, CancellationToken, CancellationToken, Task<TimeSpan?>> reconcile,
    TimeProvider time
) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Channel<ObjectKey> _ready = Channel.CreateUnbounded<ObjectKey>();
    private readonly HashSet<ObjectKey> _waiting = [];
    private readonly HashSet<ObjectKey> _again = [];
    private readonly Dictionary<ObjectKey, CancellationTokenSource> _working = [];
    private readonly Dictionary<ObjectKey, ITimer> _timers = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private bool _disposed;

    /// <summary>Told of what a reconciliation threw.</summary>
    public Action<ObjectKey, Exception>? OnFailure { get; init; }

    /// <summary>Asks for an object. If it is being worked on, what only waits there is cut short.</summary>
    public void Add(ObjectKey key)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            CancelTimer(key);
            if (_working.TryGetValue(key, out var superseded))
            {
                _again.Add(key);
                superseded.Cancel();
            }
            else if (_waiting.Add(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(int workers, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(cancellationToken)));

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }

        _ready.Writer.TryComplete();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var key in _ready.Reader.ReadAllAsync(cancellationToken))
            {
                using var superseded = new CancellationTokenSource();
                lock (_gate)
                {
                    _waiting.Remove(key);
                    _working[key] = superseded;
                }

                Finish(key, await ReconcileAsync(key, superseded.Token, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken superseded, CancellationToken cancellationToken)
    {
        try
        {
            var next = await reconcile(key, superseded, cancellationToken);
            lock (_gate)
                _failures.Remove(key);
            return next;
        }
#pragma warning disable CA1031 // One object's trouble must not end the work on the others; it is told and tried again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            OnFailure?.Invoke(key, exception);
            lock (_gate)
            {
                var count = _failures[key] = _failures.GetValueOrDefault(key) + 1;
                var pause = FirstPause * Math.Pow(2, Math.Min(count - 1, 10));
                return pause < LongestPause ? pause : LongestPause;
            }
        }
    }

    private void Finish(ObjectKey key, TimeSpan? next)
    {
        lock (_gate)
        {
            _working.Remove(key);
            if (_disposed)
                return;
            if (_again.Remove(key))
            {
                if (_waiting.Add(key))
                    _ready.Writer.TryWrite(key);
            }
            else if (next is { } delay)
            {
                CancelTimer(key);
                _timers[key] = time.CreateTimer(_ => Add(key), null, delay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void CancelTimer(ObjectKey key)
    {
        if (_timers.Remove(key, out var timer))
            timer.Dispose();
    }
}
