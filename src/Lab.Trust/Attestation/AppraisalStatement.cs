namespace Lab.Trust.Attestation;

/// <summary>
/// What a verifier says about a board, for others to rely on until it expires: an in-toto statement whose subjects are the pieces of
/// evidence and whose predicate holds every claim with its verdict.
/// </summary>
/// <param name="Verifier">Who judged, in a name for people; the signature's key is what proves it.</param>
/// <param name="Board">The name under which the board enrolled.</param>
/// <param name="Claims">Every claim, in the order of checking.</param>
/// <param name="Denial">Why it was refused, or null.</param>
/// <param name="Evidence">File name → SHA-256 (lower-case hexadecimal) of each piece of evidence.</param>
/// <param name="PolicySha256">SHA-256 of the policy or reference values that were judged by.</param>
/// <param name="IssuedAt">When; whole seconds.</param>
/// <param name="ExpiresAt">From when on it says nothing; whole seconds.</param>
public sealed record AppraisalStatement(
    string Verifier,
    string Board,
    IReadOnlyList<Claim> Claims,
    Denial? Denial,
    IReadOnlyDictionary<string, string> Evidence,
    string PolicySha256,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>DSSE's payload type of an in-toto statement.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>in-toto's type of statement.</summary>
    public const string StatementType = "https://in-toto.io/Statement/v1";

    /// <summary>The type of its predicate.</summary>
    public const string PredicateType = "urn:hwlab:appraisal:v1";

    /// <summary>Whether every claim was checked and holds. One that was not reached is none that holds.</summary>
    public bool IsTrusted => Denial is null && Claims.Count > 0 && Claims.All(claim => claim.Verdict == ClaimVerdict.Pass);
}
