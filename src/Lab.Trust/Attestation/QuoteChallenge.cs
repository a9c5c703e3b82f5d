using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>What a quote must answer. That the nonce is fresh and used once is the caller's to keep.</summary>
/// <param name="Ak">The attestation key that was activated.</param>
/// <param name="Nonce">The nonce that was sent; at least <see cref="EvidenceLimits.MinNonce"/> bytes.</param>
/// <param name="Reference">The values that are allowed; their PCRs must be quoted.</param>
public sealed record QuoteChallenge(TpmPublic Ak, byte[] Nonce, ReferenceValues Reference)
{
    /// <summary>
    /// <see cref="Ak"/> made ready, for a verifier that judges quotes by the same key again and again; not disposed of here. One that was
    /// made of another key than <see cref="Ak"/> is not used.
    /// </summary>
    public TpmVerificationKey? VerificationKey { get; init; }

    /// <summary>What is demanded beyond the values.</summary>
    public EventPolicy Events { get; init; } = new();

    /// <summary>Exactly the PCRs that must be quoted: those with reference values and those with rules for their events.</summary>
    public PcrSelection Selection => PcrSelection.Of(Reference.Bank, Reference.Pcrs.Keys.Concat(Events.Rules.Keys));

    /// <summary>
    /// SHA-256 of the node's key (SubjectPublicKeyInfo) that the quote is to bind, as the board states it; null when it states none. See
    /// <see cref="NodeKeyBinding"/>.
    /// </summary>
    public byte[]? NodeKeySha256 { get; init; }

    /// <summary>Whether a quote that binds no node's key is refused.</summary>
    public bool RequiresNodeKey { get; init; }
}
