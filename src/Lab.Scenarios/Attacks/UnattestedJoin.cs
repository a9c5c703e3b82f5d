using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>A board that attestation denied wants into the cluster all the same, with a token that it made up.</summary>
internal sealed class UnattestedJoin : IAttack
{
    private const string MadeUpToken = "abcdef.0123456789abcdef";

    public string Name => "unattested-join";
    public string Scenario => "edge-node";
    public string Summary => "a board that attestation denied tries to join all the same";
    public string Class => "ATT&CK T1078: valid accounts";
    public string RefusingStage => StageNames.ClusterJoin;
    public string RefusalCode => "unauthorized";
    public bool NeedsCluster => true;

    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        var refusal = new Refusal(context, boot, "reference-value", [9, 12]);
        return
        [
            new Stage(
                StageNames.Netboot,
                async token =>
                {
                    var source = context.Board.Require<IBootSource>();
                    await source.UseAsync(source.Current with { BootArguments = AlteredArguments }, token);
                    await boot.PowerOnAsync(token);
                    await new NetbootStage(context, boot).RunAsync(token);
                }
            ),
            new Stage(StageNames.MeasuredBoot, new MeasuredBootStage(context, boot).RunAsync),
            new Stage(StageNames.Attestation, refusal.ByAttestationAsync),
            new Stage(StageNames.ClusterJoin, token => JoinAsync(context, token)),
        ];
    }

    private const string AlteredArguments = "console=ttyAMA0 quiet hwlab.altered=1";

    private async Task JoinAsync(RunContext context, CancellationToken cancellationToken)
    {
        await context.Services.Require<ICluster>().WaitUntilJoinableAsync(context.Deadlines.Of(60), cancellationToken);
        var admission = context.Services.Require<INodeAdmission>();
        var decision = await admission.TryToJoinAsync(
            MadeUpToken,
            context.Board.Name,
            context.Deadlines.Of(60),
            cancellationToken
        );
        context.Recorder.Note(!decision.Approved, decision.Code);
        context.Recorder.Check(
            $"the API denies it: {RefusalCode}",
            !decision.Approved && string.Equals(decision.Code, RefusalCode, StringComparison.Ordinal),
            $"{decision.Code}: {decision.Detail}"
        );
        context.Recorder.Check(
            "it was granted nothing",
            admission.FindGrant(context.Board.Name) is null,
            "no token was released for it"
        );
        var joined = await new FleetCluster(context).HasNodeAsync(context.Board.Name, cancellationToken);
        context.Recorder.Check(
            "it is no node of the cluster",
            !joined,
            joined ? "there is a Node object" : "there is no Node object"
        );
    }
}
