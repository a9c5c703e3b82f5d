namespace Lab.Services.Tuf;

/// <summary>The keys of one role.</summary>
/// <param name="Keys">How many keys are made; at least <paramref name="Threshold"/>.</param>
/// <param name="Threshold">How many must sign; at least 1.</param>
/// <param name="Validity">From each publishing to the expiry.</param>
public sealed record TufKeyPlan(int Keys, int Threshold, TimeSpan Validity);
