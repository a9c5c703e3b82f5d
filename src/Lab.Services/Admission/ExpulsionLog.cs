using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Admission;

/// <summary>Who was put out, by the end of trust that was the reason.</summary>
internal sealed class ExpulsionLog(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Changes _changes = new(time);
    private readonly Dictionary<string, (TrustEnd End, NodeExpulsion Expulsion)> _last = new(StringComparer.Ordinal);

    public void Add(TrustEnd end, NodeExpulsion expulsion)
    {
        lock (_gate)
            _last[end.Board] = (end, expulsion);
        _changes.Notify();
    }

    public void Fail(LabException fault) => _changes.Fail(fault);

    /// <summary>Waits until a board's trust has ended and it was put out for that; not for an earlier trust's end.</summary>
    /// <exception cref="TimeoutException">It did not happen within the deadline.</exception>
    public Task<NodeExpulsion> WaitAsync(Func<TrustEnd?> findEnd, TimeSpan deadline, CancellationToken cancellationToken) =>
        _changes.WaitAsync(() => findEnd() is { } end ? Find(end) : null, deadline, cancellationToken);

    private NodeExpulsion? Find(TrustEnd end)
    {
        lock (_gate)
            return _last.TryGetValue(end.Board, out var last) && last.End == end ? last.Expulsion : null;
    }
}
