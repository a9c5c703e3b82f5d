using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;

namespace Lab.Scenarios.EdgeNode;

/// <summary>The node joins with the token that attestation released, with the key that its quote binds, and becomes Ready.</summary>
internal sealed class ClusterJoinStage(RunContext context, Boot boot)
{
    private readonly INodeAdmission _admission = context.Services.Require<INodeAdmission>();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var cluster = context.Services.Require<ICluster>();
        var recorder = context.Recorder;
        await cluster.WaitUntilJoinableAsync(context.Deadlines.Of(60), cancellationToken);
        recorder.Check(
            "the control plane takes nodes",
            holds: true,
            $"{cluster.Flavor} at {cluster.BoardEndpoint}",
            "services/cluster"
        );

        await boot.ReachAsync("node", "joining", context.Deadlines.Of(60), cancellationToken);
        var decision = await boot.UnlessItEndsAsync(
            token => _admission.WaitForDecisionAsync(context.Board.Name, boot.DecisionsBefore, context.Deadlines.Of(120), token),
            cancellationToken
        );
        recorder.Check(
            "its certificate is signed for the key that the quote binds",
            decision.Approved,
            $"{decision.Code}: {decision.Detail}"
        );
        if (!decision.Approved)
        {
            recorder.Refused(decision.Code);
            throw new BoardException($"the node may not join ({decision.Code}): {decision.Detail}", context.Board.Name);
        }

        var joined = await boot.ReachAsync("node", "joined", context.Deadlines.Of(120), cancellationToken);
        recorder.Phase("joined", joined.At);
        var node = await boot.UnlessItEndsAsync(
            token =>
                new FleetCluster(context).WaitForNodeAsync(
                    context.Board.Name,
                    node => node.Has("Ready"),
                    $"node {context.Board.Name} is Ready",
                    context.Deadlines.Of(90),
                    token
                ),
            cancellationToken
        );
        recorder.Phase("node ready", context.Time.GetUtcNow());
        recorder.Check(
            "the node is Ready",
            holds: true,
            $"{node.Text("status", "nodeInfo", "kubeletVersion")} on {node.Text("status", "nodeInfo", "kernelVersion")} {node.Text("status", "nodeInfo", "architecture")}"
        );
        await CheckTokenIsSpentAsync(cancellationToken);
    }

    private async Task CheckTokenIsSpentAsync(CancellationToken cancellationToken)
    {
        var grant = _admission.FindGrant(context.Board.Name);
        var again = grant is null
            ? null
            : await _admission.TryToJoinAsync(grant.Token, context.Board.Name, context.Deadlines.Of(30), cancellationToken);
        context.Recorder.Check(
            "the token opens nothing a second time",
            again is { Approved: false },
            again is null ? "there is no grant" : $"{again.Code}: {again.Detail}"
        );
    }
}
