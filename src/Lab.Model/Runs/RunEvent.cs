namespace Lab.Model.Runs;

/// <summary>What a run says while it goes. Live view, JSON lines and reports are readers of this stream.</summary>
/// <param name="At">When.</param>
public abstract record RunEvent(DateTimeOffset At)
{
    /// <summary>The run began.</summary>
    public sealed record RunStarted(DateTimeOffset At, string Id, string Scenario, string? Attack, string Rig, string Board)
        : RunEvent(At);

    /// <summary>A stage began.</summary>
    public sealed record StageStarted(DateTimeOffset At, string Stage) : RunEvent(At);

    /// <summary>A check was made.</summary>
    public sealed record CheckMade(DateTimeOffset At, string Stage, CheckResult Check) : RunEvent(At);

    /// <summary>Something worth a line happened: a boot phase, a lease, a retry.</summary>
    public sealed record Progress(DateTimeOffset At, string Stage, string Text) : RunEvent(At);

    /// <summary>A moment of the boot was reached.</summary>
    public sealed record PhaseReached(DateTimeOffset At, BootPhase Phase) : RunEvent(At);

    /// <summary>A stage ended.</summary>
    public sealed record StageEnded(DateTimeOffset At, StageResult Result) : RunEvent(At);

    /// <summary>The run ended; the record is complete.</summary>
    public sealed record RunEnded(DateTimeOffset At, RunRecord Record) : RunEvent(At);
}
