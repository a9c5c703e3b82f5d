using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Trust.Tpm;

namespace Lab.Scenarios.Attacks;

/// <summary>Another board's genuine TPM signs the quote: right nonce, right PCRs, wrong board.</summary>
internal sealed class ForeignQuote : EvidenceAttack
{
    public override string Name => "foreign-quote";
    public override string Summary => "the quote comes from the genuine TPM of another board";
    public override string Class => "ATT&CK T1199: trusted relationship";
    public override string RefusalCode => "signature";

    protected override async Task<EvidenceOnTheWire> ReplaceAsync(
        RunContext context,
        EvidenceOnTheWire evidence,
        CancellationToken cancellationToken
    )
    {
        var socket = await context.Services.Require<ISpareTpm>().StartAsync(cancellationToken);
        using var tpm = Tpm2.OverSocket(socket);
        tpm.Startup(cancellationToken: cancellationToken);
        var key = tpm.CreateAk(cancellationToken);
        var quote = tpm.Quote(key, evidence.Nonce.Span, PcrSelection.Of(TpmAlgorithm.Sha256, evidence.Pcrs), cancellationToken);
        return evidence with { Attest = quote.Attest, Signature = quote.Signature };
    }
}
