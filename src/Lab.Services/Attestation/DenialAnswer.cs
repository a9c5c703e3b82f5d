namespace Lab.Services.Attestation;

internal sealed record DenialAnswer(string Code, string Detail, int? Pcr = null);
