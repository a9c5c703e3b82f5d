using Lab.Model.Runs;

namespace Lab.Model.Services;

/// <summary>What the service said about a board's evidence.</summary>
/// <param name="Board">The board.</param>
/// <param name="Accepted">Whether the secret was released.</param>
/// <param name="Code">The denial code, null when accepted.</param>
/// <param name="Detail">Why.</param>
/// <param name="Pcr">The PCR whose value was not the predicted one, where that was the reason.</param>
/// <param name="Claims">Each claim of the verifier's checklist that was looked at.</param>
/// <param name="Pcrs">Predicted and quoted values.</param>
/// <param name="Evidence">The evidence as received.</param>
/// <param name="AppraisedAt">When.</param>
public sealed record AppraisalOutcome(
    string Board,
    bool Accepted,
    string? Code,
    string Detail,
    int? Pcr,
    IReadOnlyList<CheckResult> Claims,
    IReadOnlyList<PcrComparison> Pcrs,
    EvidenceOnTheWire Evidence,
    DateTimeOffset AppraisedAt
)
{
    /// <summary>All that is needed to judge again, and the service's signed statement: file name → content.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } =
        new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>SHA-256 (lower-case hexadecimal) of the secret that was released; null when none was.</summary>
    public string? SecretSha256 { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of the public key that the board bound into the quote; null when it bound none.</summary>
    public string? BoundKeySha256 { get; init; }
}
