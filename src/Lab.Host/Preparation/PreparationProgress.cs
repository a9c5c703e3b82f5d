namespace Lab.Host.Preparation;

/// <summary>How far a long preparation has come.</summary>
/// <param name="Step">What is being done, as a short phrase for a person.</param>
/// <param name="Done">How much of it is done, in units of the step (bytes, packages, parts).</param>
/// <param name="Total">How much there is in all; 0 if that cannot be known.</param>
public sealed record PreparationProgress(string Step, long Done, long Total);
