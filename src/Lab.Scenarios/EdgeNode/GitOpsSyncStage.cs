using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;

namespace Lab.Scenarios.EdgeNode;

/// <summary>What stands in Git runs on the attested node, and nothing else does.</summary>
internal sealed class GitOpsSyncStage(RunContext context)
{
    private const string Revision = "2";

    private readonly IGitOps _gitOps = context.Services.Require<IGitOps>();
    private readonly IFleetRepository _repository = context.Services.Require<IFleetRepository>();
    private readonly FleetCluster _cluster = new(context);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SyncAsync(cancellationToken);
        await RollAsync(cancellationToken);
        await UndoHandEditAsync(cancellationToken);
        await PruneAsync(cancellationToken);
        await KeepLastGoodStateAsync(cancellationToken);
        await RefuseAsync(
            "an unsigned commit",
            () => GitIntrusion.CommitUnsignedAsync(_repository, cancellationToken),
            cancellationToken
        );
        await RefuseAsync(
            "rewritten history",
            () => GitIntrusion.RewriteAsync(_repository, cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The first sync: the repository's head is applied and the workload runs on the board.</summary>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        await _gitOps.FollowFleetAsync(cancellationToken);
        var head = await _repository.GetHeadAsync(cancellationToken);
        var status = await AppliedAsync(head, cancellationToken);
        context.Recorder.Check(
            "the repository's head is applied",
            holds: true,
            $"{status.AppliedRevision}, {status.Inventory.Count} objects"
        );
        var pods = await _cluster.WaitForPodsAsync(
            pods => pods.Any(KubernetesObject.IsRunningPod),
            "a pod of the fleet's workload runs",
            context.Deadlines.Of(90),
            cancellationToken
        );
        context.Recorder.Phase("workload running", context.Time.GetUtcNow());
        var pod = pods.First(KubernetesObject.IsRunningPod);
        context.Recorder.Check(
            "the workload runs on the attested board",
            pod.Text("spec", "nodeName") == context.Board.Name,
            $"{pod.Name()} on {pod.Text("spec", "nodeName")}"
        );
    }

    private async Task RollAsync(CancellationToken cancellationToken)
    {
        var changed = await _repository.WithRevisionAsync(Revision, cancellationToken);
        var pushed = context.Time.GetTimestamp();
        context.Recorder.Phase("commit pushed", context.Time.GetUtcNow());
        var head = await CommitAsync(FleetFiles.Deployment, changed, "Roll the workload", signed: true, cancellationToken);
        await AppliedAsync(head, cancellationToken);
        var applied = context.Time.GetElapsedTime(pushed);
        await _cluster.WaitForPodsAsync(
            pods => pods.Any(pod => pod.IsRunningPod() && RevisionOf(pod) == Revision),
            $"a pod of revision {Revision} runs",
            context.Deadlines.Of(90),
            cancellationToken
        );
        var rolled = context.Time.GetElapsedTime(pushed);
        context.Recorder.Phase("workload rolled", context.Time.GetUtcNow());
        context.Recorder.Check(
            "a new commit rolls the workload",
            holds: true,
            $"applied {applied.TotalSeconds:0.0} s after the push, running after {rolled.TotalSeconds:0.0} s"
        );
    }

    private async Task UndoHandEditAsync(CancellationToken cancellationToken)
    {
        await _cluster.EditAsync(
            FleetCluster.DeploymentPath,
            """{"spec":{"template":{"metadata":{"annotations":{"fleet.hwlab/revision":"by-hand"}}}}}""",
            cancellationToken
        );
        await _gitOps.ReconcileAsync(cancellationToken);
        await _cluster.WaitForDeploymentAsync(
            deployment => RevisionOf(deployment.Find("spec", "template")) == Revision,
            "the hand edit is put back",
            context.Deadlines.Of(60),
            cancellationToken
        );
        context.Recorder.Check("a hand edit is put back", holds: true, $"{FleetFiles.RevisionAnnotation} is {Revision} again");
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        var before = await _cluster.FindAsync(FleetFiles.SparePath, cancellationToken);
        var head = await _repository.CommitAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                [FleetFiles.Spare] = null,
                [FleetFiles.Kustomization] = await _repository.WithoutSpareAsync(cancellationToken),
            },
            "Remove what is not needed",
            signed: true,
            cancellationToken
        );
        await AppliedAsync(head, cancellationToken);
        var after = await _cluster.FindAsync(FleetFiles.SparePath, cancellationToken);
        context.Recorder.Check(
            "a removed file is pruned",
            before is not null && after is null,
            $"the ConfigMap was {(before is null ? "missing" : "there")} before and is {(after is null ? "gone" : "there")} after"
        );
    }

    private async Task KeepLastGoodStateAsync(CancellationToken cancellationToken)
    {
        var good = await _gitOps.GetStatusAsync(cancellationToken);
        var text = System.Text.Encoding.UTF8.GetString(await _repository.ReadAsync(FleetFiles.Deployment, cancellationToken));
        var head = await CommitAsync(FleetFiles.Deployment, "kind: [", "Break it", signed: true, cancellationToken);
        var broken = await _gitOps.WaitAsync(
            status => status.Ready == "False" && Names(status.AttemptedRevision, head),
            "the broken commit is reported",
            context.Deadlines.Of(60),
            cancellationToken
        );
        var pods = await _cluster.WaitForPodsAsync(_ => true, "pods", context.Deadlines.Of(30), cancellationToken);
        context.Recorder.Check(
            "a broken commit leaves the last good state and says why",
            broken.Reason == "BuildFailed"
                && broken.AppliedRevision == good.AppliedRevision
                && pods.Any(pod => pod.IsRunningPod() && RevisionOf(pod) == Revision),
            $"{broken.Reason}: {broken.Message}"
        );
        head = await CommitAsync(FleetFiles.Deployment, text, "Mend it", signed: true, cancellationToken);
        await AppliedAsync(head, cancellationToken);
    }

    /// <summary>What an intruder pushed is not taken; the state of before stays, and Git is set back.</summary>
    private async Task RefuseAsync(string what, Func<Task<string>> intrude, CancellationToken cancellationToken)
    {
        var refusal = await GitIntrusion.RefuseAsync(context, intrude, cancellationToken);
        context.Recorder.Check($"{what} is refused", refusal.Refused, refusal.Detail);
    }

    private Task<string> CommitAsync(
        string path,
        string content,
        string message,
        bool signed,
        CancellationToken cancellationToken
    ) =>
        _repository.CommitAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { [path] = content },
            message,
            signed,
            cancellationToken
        );

    private async Task<SyncStatus> AppliedAsync(string head, CancellationToken cancellationToken)
    {
        try
        {
            return await _gitOps.WaitAsync(
                status => status.Ready == "True" && Names(status.AppliedRevision, head),
                $"commit {head[..12]} is applied",
                context.Deadlines.Of(60),
                cancellationToken
            );
        }
        catch (LabException late)
        {
            // The sync waits for its pods: what keeps those from running says more.
            throw await _cluster.FindImageFaultAsync(cancellationToken) ?? late;
        }
    }

    private static bool Names(string? revision, string commit) =>
        revision?.EndsWith($"sha1:{commit}", StringComparison.Ordinal) == true;

    private static string RevisionOf(JsonElement item) => item.Text("metadata", "annotations", FleetFiles.RevisionAnnotation);
}
