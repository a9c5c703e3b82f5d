namespace Lab.Model.Runs;

/// <summary>One stage of a run.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Verdict">The worst verdict of its checks, or of the error that ended it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Checks">Its checks, in the order made.</param>
/// <param name="Error">What ended it early, if anything.</param>
public sealed record StageResult(
    string Name,
    Verdict Verdict,
    DateTimeOffset StartedAt,
    TimeSpan Duration,
    IReadOnlyList<CheckResult> Checks,
    string? Error
);
