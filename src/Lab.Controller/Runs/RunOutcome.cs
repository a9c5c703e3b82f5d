using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>How a run ended.</summary>
/// <param name="Record">The record, as in <c>run.json</c>.</param>
/// <param name="ExitCode">What the program ends with.</param>
public sealed record RunOutcome(RunRecord Record, int ExitCode);
