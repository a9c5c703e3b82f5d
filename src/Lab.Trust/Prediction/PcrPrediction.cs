namespace Lab.Trust.Prediction;

/// <summary>What a good boot of known artifacts leaves in the TPM.</summary>
/// <param name="Events">Every event, in the order in which the chain makes them.</param>
/// <param name="Values">The final value of each predicted PCR in the SHA-256 bank, 32 bytes each.</param>
public sealed record PcrPrediction(IReadOnlyList<PredictedEvent> Events, IReadOnlyDictionary<int, byte[]> Values);
