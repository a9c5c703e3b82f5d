namespace Lab.Controller.Wiring;

/// <summary>The parts of a run, disposed of in the reverse of the order in which they were taken hold of, each whatever became of the others.</summary>
internal sealed class HeldParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();

    /// <summary>Takes hold of a part.</summary>
    public T Hold<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        while (_parts.TryPop(out var part))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("Not everything could be stopped.", failures);
        }
    }
}
