using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>The API server that the board finds is not of the authority that it was told of: the board must not join it.</summary>
internal sealed class WrongAuthority : ClusterAttack
{
    private const string Hash = "sha256:00000000000000000000000000000000000000000000000000000000000bad00";

    public override string Name => "wrong-ca-hash";
    public override string Summary => "the API server's authority is not the one that the board was told of";
    public override string Class => "ATT&CK T1557: adversary in the middle";
    public override string RefusingStage => StageNames.ClusterJoin;
    public override string RefusalCode => "ca-hash";

    internal override Task PrepareAsync(RunContext context, CancellationToken cancellationToken)
    {
        context.Services.Require<INodeAdmission>().MisstateAuthority(Hash);
        return Task.CompletedTask;
    }

    internal override async Task AttackAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var end = await boot.EndOrReachAsync("node", "joined", context.Deadlines.Of(240), cancellationToken);
        context.Recorder.Note(end.Is("node", "join-refused"), end["code"]);
        context.Recorder.Check(
            $"the node refuses the API server: {RefusalCode}",
            end.Is("node", "join-refused") && string.Equals(end["code"], RefusalCode, StringComparison.Ordinal),
            end.Is("node", "join-refused") ? $"{end["code"]}: {end["detail"]}" : "the node joined",
            "console.log"
        );
        var joined = await new FleetCluster(context).HasNodeAsync(context.Board.Name, cancellationToken);
        context.Recorder.Check(
            "it is no node of the cluster",
            !joined,
            joined ? "there is a Node object" : "there is no Node object"
        );
    }
}
