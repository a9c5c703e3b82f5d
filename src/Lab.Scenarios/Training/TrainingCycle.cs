namespace Lab.Scenarios.Training;

/// <summary>One power cycle of a training.</summary>
/// <param name="LastPhase">How far the board came: a phase of its boot.</param>
/// <param name="BootTime">From power-on to that phase.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record TrainingCycle(string LastPhase, TimeSpan BootTime, string? Failure);
