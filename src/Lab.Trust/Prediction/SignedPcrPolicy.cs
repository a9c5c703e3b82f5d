using Lab.Trust.Tpm;

namespace Lab.Trust.Prediction;

/// <summary>One set of PCR values that a key approved: an entry of the JSON that <c>systemd-measure sign</c> writes.</summary>
/// <param name="Bank">The bank.</param>
/// <param name="Pcrs">The PCRs, ascending.</param>
/// <param name="KeyFingerprint">SHA-256 of the key (PKCS#1 RSAPublicKey, as systemd takes it), lower-case hexadecimal.</param>
/// <param name="Policy">The PolicyPCR digest that was signed.</param>
/// <param name="Signature">RSA PKCS#1 v1.5 with SHA-256 over that digest.</param>
public sealed record SignedPcrPolicy(
    TpmAlgorithm Bank,
    IReadOnlyList<int> Pcrs,
    string KeyFingerprint,
    byte[] Policy,
    byte[] Signature
);
