using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>A node of good standing reboots into something else: it must be out of the cluster before an attestation interval is over.</summary>
internal sealed class RebootIntoTampered : ClusterAttack
{
    public override string Name => "tampered-reboot";
    public override string Summary => "a node that joined reboots with another command line";
    public override string Class => "ATT&CK T1542.001: system firmware";
    public override string RefusingStage => StageNames.ClusterJoin;
    public override string RefusalCode => "reference-value";

    protected override bool ComesAfterJoin => true;

    internal override async Task AttackAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var admission = context.Services.Require<INodeAdmission>();
        var board = context.Board.Name;
        var source = context.Board.Require<IBootSource>();
        await context.Board.Require<IPower>().CutAsync(cancellationToken);
        await source.UseAsync(source.Current with { BootArguments = "console=ttyAMA0 quiet hwlab.altered=1" }, cancellationToken);
        await boot.PowerOnAsync(cancellationToken);
        var expulsion = await admission.WaitForExpulsionAsync(board, context.Deadlines.Of(120), cancellationToken);
        context.Recorder.Check(
            $"the node is put out: {expulsion.Code}",
            expulsion.Code is "denied" or "rebooted" or "silence",
            $"{expulsion.Detail}; out of the cluster {(expulsion.DrainedAt - expulsion.UntrustedAt).TotalSeconds:0.0} s after the trust ended"
        );
        await ExpulsionChecks.CheckAsync(context, board, cancellationToken);

        var outcome = await context
            .Services.Require<IAttestation>()
            .WaitAsync(board, boot.AppraisalsBefore, context.Deadlines.Of(120), cancellationToken);
        await EvidenceFiles.KeepAsync(context.Recorder, outcome, cancellationToken);
        context.Recorder.Note(!outcome.Accepted, outcome.Code);
        context.Recorder.Check(
            $"attestation denies the tampered boot: {RefusalCode}",
            !outcome.Accepted && string.Equals(outcome.Code, RefusalCode, StringComparison.Ordinal),
            $"{outcome.Code}: {outcome.Detail}"
        );
        var (allowed, reason) = await new FleetCluster(context).ReviewNodeAsync(board, cancellationToken);
        context.Recorder.Check("its certificate still opens nothing", !allowed, reason);
    }
}
