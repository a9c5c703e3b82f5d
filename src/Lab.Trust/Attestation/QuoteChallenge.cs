using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>What a quote must answer. That the nonce is fresh and used once is the caller's to keep.</summary>
/// <param name="Ak">The attestation key that was activated.</param>
/// <param name="Nonce">The nonce that was sent; at least <see cref="EvidenceLimits.MinNonce"/> bytes.</param>
/// <param name="Reference">The values that are allowed; exactly their PCRs must be quoted.</param>
public sealed record QuoteChallenge(TpmPublic Ak, byte[] Nonce, ReferenceValues Reference);
