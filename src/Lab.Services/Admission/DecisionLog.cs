using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Admission;

/// <summary>The decisions on signing requests in order, and who waits for the next.</summary>
internal sealed class DecisionLog(TimeProvider time)
{
    // A flood of requests must not fill the memory; a run needs a handful.
    private const int Limit = 10_000;

    private readonly Lock _gate = new();
    private readonly Changes _changes = new(time);
    private readonly List<(string Uid, CertificateDecision Decision)> _decisions = [];

    public int Count(string node)
    {
        lock (_gate)
            return _decisions.Count(one => one.Decision.NodeName == node);
    }

    /// <returns>Whether it is news.</returns>
    public bool Add(string uid, CertificateDecision decision)
    {
        lock (_gate)
        {
            if (_decisions.Count >= Limit || _decisions.Exists(one => one.Uid == uid))
                return false;
            _decisions.Add((uid, decision));
        }
        _changes.Notify();
        return true;
    }

    public void Fail(LabException fault) => _changes.Fail(fault);

    /// <summary>Waits for the decision on one request.</summary>
    /// <exception cref="TimeoutException">None was made within the deadline.</exception>
    public Task<CertificateDecision> WaitForRequestAsync(string uid, TimeSpan deadline, CancellationToken cancellationToken) =>
        _changes.WaitAsync(() => Find(one => one.Uid == uid, 0), deadline, cancellationToken);

    /// <summary>Waits for the next decision about a node.</summary>
    /// <exception cref="TimeoutException">None was made within the deadline.</exception>
    public Task<CertificateDecision> WaitAsync(
        string node,
        int alreadySeen,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) => _changes.WaitAsync(() => Find(one => one.Decision.NodeName == node, alreadySeen), deadline, cancellationToken);

    private CertificateDecision? Find(Func<(string Uid, CertificateDecision Decision), bool> of, int skip)
    {
        lock (_gate)
            return _decisions.Where(of).Skip(skip).Select(one => one.Decision).FirstOrDefault();
    }
}
