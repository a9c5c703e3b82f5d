using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Attacks;

/// <summary>Someone who may write to the fleet's repository, and does not hold the fleet's key, tries to rule the fleet.</summary>
internal sealed class GitAttack(
    string name,
    string summary,
    string code,
    Func<IFleetRepository, CancellationToken, Task<string>> intrude
) : ClusterAttack
{
    public override string Name => name;
    public override string Summary => summary;
    public override string Class => "ATT&CK T1195.002: compromise software supply chain";
    public override string RefusingStage => StageNames.GitOpsSync;
    public override string RefusalCode => code;

    internal override async Task AttackAsync(RunContext context, Boot boot, CancellationToken cancellationToken)
    {
        var repository = context.Services.Require<IFleetRepository>();
        await new GitOpsSyncStage(context).SyncAsync(cancellationToken);
        await CommitHonestlyAsync(context, repository, cancellationToken);
        var refusal = await GitIntrusion.RefuseAsync(context, () => intrude(repository, cancellationToken), cancellationToken);
        context.Recorder.Note(refusal.Refused, refusal.Reason);
        context.Recorder.Check(
            $"the engine refuses: {code}",
            refusal.Refused && string.Equals(refusal.Reason, code, StringComparison.Ordinal),
            refusal.Detail
        );
    }

    /// <summary>A second commit: the first of a history cannot be rewritten.</summary>
    private async Task CommitHonestlyAsync(RunContext context, IFleetRepository repository, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal) { ["README.md"] = $"Before the attack {Name}.\n" };
        var head = await repository.CommitAsync(changes, "Say what comes", signed: true, cancellationToken);
        await context
            .Services.Require<IGitOps>()
            .WaitAsync(
                status => status.Ready == "True" && status.AppliedRevision?.EndsWith(head, StringComparison.Ordinal) == true,
                "the honest commit is applied",
                context.Deadlines.Of(60),
                cancellationToken
            );
    }
}
