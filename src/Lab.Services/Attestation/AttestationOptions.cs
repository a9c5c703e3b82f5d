using Lab.Trust.Attestation;

namespace Lab.Services.Attestation;

/// <summary>What the attestation service of a run judges by.</summary>
/// <param name="Reference">The values a good board's PCRs show, predicted; exactly these PCRs are quoted.</param>
/// <param name="Trust">Whose TPMs are TPMs.</param>
/// <param name="Secret">Where what an attested board is given comes from.</param>
/// <param name="EvidenceFolder">Where evidence is kept.</param>
internal sealed record AttestationOptions(
    ReferenceValues Reference,
    EndorsementTrust Trust,
    ISecretSource Secret,
    string EvidenceFolder
)
{
    /// <summary>The rig's boards and the EK certificates (DER) their TPMs were made with; null where the rig keeps no such list.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Boards { get; init; }

    /// <summary>What a PCR holds on this chain.</summary>
    public IReadOnlyDictionary<int, string> Meanings { get; init; } = new Dictionary<int, string>();

    /// <summary>Signs what the service says of a board; null for a service whose word is for its run alone.</summary>
    public StatementSigner? Signer { get; init; }

    public AttestationLimits Limits { get; init; } = new();
}
