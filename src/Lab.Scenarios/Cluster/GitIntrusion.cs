using Lab.Model.Scenarios;
using Lab.Model.Services;

namespace Lab.Scenarios.Cluster;

/// <summary>What someone can do who may write to the fleet's repository and does not hold the fleet's key.</summary>
internal static class GitIntrusion
{
    private const string Revision = "intruder";

    /// <summary>Pushes a commit that nobody signed.</summary>
    public static async Task<string> CommitUnsignedAsync(IFleetRepository repository, CancellationToken cancellationToken) =>
        await repository.CommitAsync(
            await ChangeAsync(repository, cancellationToken),
            "Roll the workload",
            signed: false,
            cancellationToken
        );

    /// <summary>Replaces the newest commit by another one.</summary>
    public static async Task<string> RewriteAsync(IFleetRepository repository, CancellationToken cancellationToken) =>
        await repository.RewriteAsync(await ChangeAsync(repository, cancellationToken), "Roll the workload", cancellationToken);

    /// <summary>Intrudes, sees what the engine makes of it, and sets Git back.</summary>
    public static async Task<(bool Refused, string Reason, string Detail)> RefuseAsync(
        RunContext context,
        Func<Task<string>> intrude,
        CancellationToken cancellationToken
    )
    {
        var gitOps = context.Services.Require<IGitOps>();
        var repository = context.Services.Require<IFleetRepository>();
        var before = await gitOps.GetStatusAsync(cancellationToken);
        var good = await repository.GetHeadAsync(cancellationToken);
        var head = await intrude();
        await gitOps.ReconcileAsync(cancellationToken);
        var after = await gitOps.WaitAsync(
            status => status.SourceReady == "False" || status.AppliedRevision?.EndsWith(head, StringComparison.Ordinal) == true,
            "the intruder's commit is judged",
            context.Deadlines.Of(60),
            cancellationToken
        );
        await repository.ResetAsync(good, cancellationToken);
        await gitOps.ReconcileAsync(cancellationToken);
        await gitOps.WaitAsync(
            status => status.SourceReady == "True",
            "the source is good again",
            context.Deadlines.Of(60),
            cancellationToken
        );
        return (
            after.SourceReady == "False" && after.AppliedRevision == before.AppliedRevision,
            after.SourceReason,
            $"{after.SourceReason}: {after.SourceMessage}"
        );
    }

    private static async Task<Dictionary<string, string?>> ChangeAsync(
        IFleetRepository repository,
        CancellationToken cancellationToken
    ) =>
        new(StringComparer.Ordinal) { [FleetFiles.Deployment] = await repository.WithRevisionAsync(Revision, cancellationToken) };
}
