using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>One board on its way from enrolment to appraisal. Each step can be taken once.</summary>
/// <param name="Id">Its id: 128 random bits.</param>
/// <param name="Board">The name that the board gave.</param>
/// <param name="Identity">Its keys.</param>
/// <param name="Shown">What it enrolled with.</param>
/// <param name="Claims">What was checked of them.</param>
/// <param name="Expected">The credential that proves AK and EK to be in one TPM; until the activation.</param>
/// <param name="Nonce">The nonce to be quoted; since the activation.</param>
/// <param name="ExpiresAt">When the next step comes too late.</param>
internal sealed record AttestationSession(
    string Id,
    string Board,
    EndorsedIdentity Identity,
    IdentityEvidence Shown,
    IReadOnlyList<Claim> Claims,
    byte[]? Expected,
    byte[]? Nonce,
    DateTimeOffset ExpiresAt
);
