namespace Lab.Model.Runs;

/// <summary>A PCR as predicted from the artifacts and as quoted by the board.</summary>
/// <param name="Index">The PCR's index.</param>
/// <param name="Predicted">Lower-case hexadecimal, or null where the policy predicts none.</param>
/// <param name="Quoted">Lower-case hexadecimal, or null where nothing was quoted.</param>
/// <param name="Meaning">What this PCR holds on this chain.</param>
public sealed record PcrComparison(int Index, string? Predicted, string? Quoted, string Meaning);
