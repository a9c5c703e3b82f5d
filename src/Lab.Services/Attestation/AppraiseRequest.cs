namespace Lab.Services.Attestation;

/// <param name="PcrValues">PCR → value, if the board sends them: the quote's digest proves them, and they let a refusal name a PCR that no log tells of.</param>
/// <param name="NodeKey">SHA-256 of the node's key (SubjectPublicKeyInfo), if the quote binds one.</param>
/// <param name="Renew">The board keeps what it was given, and shows that it is still what it was.</param>
internal sealed record AppraiseRequest(
    string Session,
    byte[] Attest,
    byte[] Signature,
    byte[] EventLog,
    IReadOnlyDictionary<int, byte[]>? PcrValues = null,
    byte[]? NodeKey = null,
    bool Renew = false
);
