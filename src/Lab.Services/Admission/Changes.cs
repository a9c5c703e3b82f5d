using Lab.Model.Errors;

namespace Lab.Services.Admission;

/// <summary>Something changed, for those who wait until it looks as they demand.</summary>
internal sealed class Changes(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private LabException? _fault;

    public void Notify()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = New();
        }
        changed.SetResult();
    }

    /// <summary>Everyone who waits, now or later, is told that the lab is at fault.</summary>
    public void Fail(LabException fault)
    {
        lock (_gate)
            _fault ??= fault;
        Notify();
    }

    /// <summary>Waits until something is found.</summary>
    /// <exception cref="LabException">The lab is at fault.</exception>
    /// <exception cref="TimeoutException">It was not found within the deadline.</exception>
    public async Task<T> WaitAsync<T>(Func<T?> find, TimeSpan deadline, CancellationToken cancellationToken)
        where T : class
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            // Only what happens after the task was taken wakes it, so nothing is missed.
            if (find() is { } found)
                return found;
            lock (_gate)
            {
                if (_fault is not null)
                    throw _fault;
            }
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {deadline.TotalSeconds:0} s", exception);
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
