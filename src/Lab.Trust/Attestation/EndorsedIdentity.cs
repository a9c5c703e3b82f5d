using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>A TPM that showed a good EK certificate, and the key it wants to attest with. Not yet proven to be in one TPM.</summary>
/// <param name="Ek">The endorsement key.</param>
/// <param name="EkFingerprint">SHA-256 of the EK certificate, lower-case hex: the TPM's identity.</param>
/// <param name="Ak">The attestation key.</param>
/// <param name="AkName">Its name, recomputed from its public area.</param>
public sealed record EndorsedIdentity(TpmPublic Ek, string EkFingerprint, TpmPublic Ak, byte[] AkName);
