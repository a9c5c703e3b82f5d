namespace Lab.Services.Attestation;

/// <summary>A board whose TPM proved something that is refused.</summary>
/// <param name="Name">The board's name in the rig.</param>
/// <param name="EkFingerprint">SHA-256 of its EK certificate, lower-case hexadecimal: which TPM it is.</param>
/// <param name="Code">The denial's code.</param>
/// <param name="Detail">For people.</param>
public sealed record RefusedBoard(string Name, string EkFingerprint, string Code, string Detail);
