using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>A good quote of an earlier boot is sent again in a new session.</summary>
internal sealed class NonceReplay : EvidenceAttack
{
    private AppraisalOutcome? _recorded;

    public override string Name => "nonce-replay";
    public override string Summary => "the good quote of an earlier boot is sent again";
    public override string Class => "ATT&CK T1550: use of alternate authentication material";
    public override string RefusalCode => "nonce";
    protected override int AppraisalsBefore => 1;

    protected override async Task PrepareAsync(RunContext context, CancellationToken cancellationToken)
    {
        await BootHonestlyAsync(context, StageNames.Attestation, cancellationToken);
        _recorded = await context
            .Services.Require<IAttestation>()
            .WaitAsync(context.Board.Name, 0, context.Deadlines.Of(10), cancellationToken);
    }

    protected override Task<EvidenceOnTheWire> ReplaceAsync(
        RunContext context,
        EvidenceOnTheWire evidence,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            evidence with
            {
                Attest = _recorded!.Evidence.Attest,
                Signature = _recorded.Evidence.Signature,
                EventLog = _recorded.Evidence.EventLog,
            }
        );
}
