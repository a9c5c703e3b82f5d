using Lab.Trust.Tpm;

namespace Lab.Trust.Attestation;

/// <summary>The result of judging evidence: every claim with its verdict, in the order of checking.</summary>
/// <param name="Claims">All claims; those behind the first failed one are <see cref="ClaimVerdict.NotChecked"/>.</param>
/// <param name="Denial">The reason of the refusal, or null.</param>
/// <param name="Clock">The TPM's clock as signed in the quote; null until its signature was found good.</param>
public sealed record Appraisal(IReadOnlyList<Claim> Claims, Denial? Denial, TpmClockInfo? Clock = null)
{
    /// <summary>Whether every claim was checked and holds.</summary>
    public bool IsTrusted => Denial is null && Claims.Count > 0 && Claims.All(claim => claim.Verdict == ClaimVerdict.Pass);
}
