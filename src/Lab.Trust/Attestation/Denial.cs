namespace Lab.Trust.Attestation;

/// <summary>Why trust was refused.</summary>
/// <param name="Code">One of <see cref="DenialCodes"/>.</param>
/// <param name="Detail">For a person.</param>
/// <param name="Pcr">The PCR at fault, where it is one.</param>
public sealed record Denial(string Code, string Detail, int? Pcr = null);
