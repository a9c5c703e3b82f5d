using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Attestation;

/// <summary>The outcomes in order, per board, and who waits for the next.</summary>
internal sealed class OutcomeLog(int limit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<AppraisalOutcome>> _outcomes = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = New();
    private LabException? _fault;
    private int _count;

    public void Add(AppraisalOutcome outcome)
    {
        lock (_gate)
        {
            // A flood of denials must not fill the memory; a run needs a handful.
            if (_count++ < limit)
                For(outcome.Board).Add(outcome);
        }
        Wake();
    }

    public int Count(string board)
    {
        lock (_gate)
            return _outcomes.TryGetValue(board, out var outcomes) ? outcomes.Count : 0;
    }

    /// <summary>Everyone who waits, now or later, is told that the lab is at fault.</summary>
    public void Fail(LabException fault)
    {
        lock (_gate)
            _fault ??= fault;
        Wake();
    }

    public async Task<AppraisalOutcome> WaitAsync(
        string board,
        int alreadySeen,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_fault is not null)
                        throw _fault;
                    if (_outcomes.TryGetValue(board, out var outcomes) && outcomes.Count > alreadySeen)
                        return outcomes[alreadySeen];
                    changed = _changed.Task;
                }
                await changed.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BoardException(
                $"no evidence came to the attestation service within {deadline.TotalSeconds:0} s",
                board,
                "the end of console.log and services/http.jsonl show how far the board came"
            );
        }
    }

    private List<AppraisalOutcome> For(string board) =>
        _outcomes.TryGetValue(board, out var outcomes) ? outcomes : _outcomes[board] = [];

    private void Wake()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = New();
        }
        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
