namespace Lab.Services.Attestation;

/// <param name="PcrValues">PCR → value, if the board sends them: the quote's digest proves them, and they let a refusal name a PCR that no log tells of.</param>
internal sealed record AppraiseRequest(
    string Session,
    byte[] Attest,
    byte[] Signature,
    byte[] EventLog,
    IReadOnlyDictionary<int, byte[]>? PcrValues = null
);
