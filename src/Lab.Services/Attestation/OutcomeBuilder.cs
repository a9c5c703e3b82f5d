using Lab.Model.Runs;
using Lab.Model.Services;
using Lab.Trust.Attestation;
using Lab.Trust.EventLogs;

namespace Lab.Services.Attestation;

/// <summary>Puts an appraisal into the lab's words.</summary>
internal sealed class OutcomeBuilder(
    ReferenceValues reference,
    IReadOnlyDictionary<int, string> meanings,
    StatementWriter? statements,
    TimeProvider time
)
{
    private const string DigestClaim = "pcr-digest";

    /// <summary>Without it a session gets no nonce, so whoever is appraised has it.</summary>
    private static readonly Claim Activated = new(
        "ak-activation",
        ClaimVerdict.Pass,
        "the credential made for the EK and this AK was opened: both are in one TPM"
    );

    /// <summary>The outcome for a board that was enrolled and activated, whose claims stand before those of its quote.</summary>
    public AppraisalOutcome Build(
        AttestationSession session,
        EvidenceOnTheWire evidence,
        Appraisal appraisal,
        QuoteEvidence quote
    ) =>
        new(
            session.Board,
            appraisal.IsTrusted,
            appraisal.Denial?.Code,
            appraisal.Denial?.Detail ?? "all claims hold; the secret was released to its TPM",
            appraisal.Denial?.Pcr,
            [.. session.Claims.Append(Activated).Concat(appraisal.Claims).Select(Translate)],
            Compare(Quoted(appraisal, quote)),
            evidence,
            time.GetUtcNow()
        )
        {
            Files = Files(
                session.Board,
                new EvidenceBundle(session.Shown, evidence.Nonce.ToArray(), quote)
                {
                    NodeKeySha256 = evidence.NodeKeySha256?.ToArray(),
                },
                [.. session.Claims, Activated, .. appraisal.Claims],
                appraisal.Denial
            ),
        };

    /// <summary>A denial that came before any quote.</summary>
    public AppraisalOutcome Deny(
        string board,
        string session,
        IdentityEvidence shown,
        Denial denial,
        IReadOnlyList<Claim> claims
    ) =>
        new(
            board,
            Accepted: false,
            denial.Code,
            denial.Detail,
            denial.Pcr,
            [.. claims.Select(Translate)],
            Compare(_ => null),
            new EvidenceOnTheWire(session, default, [.. reference.Pcrs.Keys], default, default, default),
            time.GetUtcNow()
        )
        {
            Files = Files(board, new EvidenceBundle(shown, [], null), claims, denial),
        };

    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files(
        string board,
        EvidenceBundle evidence,
        IReadOnlyList<Claim> claims,
        Denial? denial
    ) =>
        statements?.Write(board, evidence, claims, denial)
        ?? evidence.ToFiles().ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)file.Value, StringComparer.Ordinal);

    private PcrComparison[] Compare(Func<int, string?> quoted) =>
        [
            .. reference.Pcrs.Select(pcr => new PcrComparison(
                pcr.Key,
                Convert.ToHexStringLower(pcr.Value[0]),
                quoted(pcr.Key),
                meanings.GetValueOrDefault(pcr.Key, "")
            )),
        ];

    /// <summary>The quoted values, where the quote proves some: stated by the board or replayed from its log, with the digest that was signed.</summary>
    private Func<int, string?> Quoted(Appraisal appraisal, QuoteEvidence quote)
    {
        if (!appraisal.Claims.Any(claim => claim.Name == DigestClaim && claim.Verdict == ClaimVerdict.Pass))
            return _ => null;
        if (quote.Pcrs is { } stated)
            return pcr => stated.TryGetValue(pcr, out var value) ? Convert.ToHexStringLower(value) : null;
        var replayed = EventLog.Parse(quote.EventLog).Replay(reference.Selection, reference.Pcr0Start);
        return pcr => replayed.Find(pcr) is { } value ? Convert.ToHexStringLower(value) : null;
    }

    private static CheckResult Translate(Claim claim) =>
        new(
            claim.Name,
            claim.Verdict switch
            {
                ClaimVerdict.Pass => Verdict.Pass,
                ClaimVerdict.Fail => Verdict.Fail,
                _ => Verdict.Skipped,
            },
            claim.Evidence is null ? claim.Detail : $"{claim.Detail} ({claim.Evidence})",
            []
        );
}
