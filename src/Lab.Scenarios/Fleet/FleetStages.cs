using System.Text.Json;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.Cluster;

namespace Lab.Scenarios.Fleet;

/// <summary>What happens to the fleet's workload once the boards are nodes.</summary>
internal sealed class FleetStages(RunContext context, IReadOnlyList<FleetMember> members)
{
    public const string Spread = "spread";
    public const string PowerCut = "power-cut";
    public const string Return = "return";

    private const string RevisionAfterReturn = "after-return";

    private readonly FleetCluster _cluster = new(context);
    private readonly IGitOps _gitOps = context.Services.Require<IGitOps>();
    private readonly IFleetRepository _repository = context.Services.Require<IFleetRepository>();

    private FleetMember Victim => members[^1];

    public async Task SpreadAsync(CancellationToken cancellationToken)
    {
        await _gitOps.FollowFleetAsync(cancellationToken);
        await CommitAsync(
            await _repository.WithReplicasAsync(members.Count, cancellationToken),
            "A replica for each board",
            cancellationToken
        );
        var pods = await WaitForPodsAsync(
            pods => members.All(member => Running(pods).Any(pod => NodeOf(pod) == member.Name)),
            "a pod runs on each board",
            cancellationToken
        );
        context.Recorder.Check("the work is spread over all boards", holds: true, Describe(pods));
    }

    public async Task CutPowerAsync(CancellationToken cancellationToken)
    {
        await Victim.CutPowerAsync(cancellationToken);
        var expulsion = await context
            .Services.Require<INodeAdmission>()
            .WaitForExpulsionAsync(Victim.Name, context.Deadlines.Of(120), cancellationToken);
        context.Recorder.Check($"{Victim.Name} is put out of the cluster", holds: true, $"{expulsion.Code}: {expulsion.Detail}");
        await ExpulsionChecks.CheckAsync(context, Victim.Name, cancellationToken);
        var pods = await WaitForPodsAsync(
            pods => Running(pods).Count() == members.Count && Running(pods).All(pod => NodeOf(pod) != Victim.Name),
            "its work runs elsewhere",
            cancellationToken
        );
        context.Recorder.Check("its work moved", holds: true, Describe(pods));
    }

    public async Task ReturnAsync(CancellationToken cancellationToken)
    {
        await Victim.JoinAsync(cancellationToken);
        await CommitAsync(
            await _repository.WithRevisionAsync(RevisionAfterReturn, cancellationToken),
            "Roll the workload",
            cancellationToken
        );
        var pods = await WaitForPodsAsync(
            pods => Running(pods).Any(pod => NodeOf(pod) == Victim.Name),
            "a pod runs on the board that returned",
            cancellationToken
        );
        context.Recorder.Check("the board that returned takes work", holds: true, Describe(pods));
    }

    private async Task CommitAsync(string deployment, string message, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal) { [FleetFiles.Deployment] = deployment };
        await _repository.CommitAsync(changes, message, signed: true, cancellationToken);
        await _gitOps.ReconcileAsync(cancellationToken);
    }

    private Task<IReadOnlyList<JsonElement>> WaitForPodsAsync(
        Func<IReadOnlyList<JsonElement>, bool> until,
        string what,
        CancellationToken cancellationToken
    ) => _cluster.WaitForPodsAsync(until, what, context.Deadlines.Of(120), cancellationToken);

    private static IEnumerable<JsonElement> Running(IEnumerable<JsonElement> pods) => pods.Where(KubernetesObject.IsRunningPod);

    private static string NodeOf(JsonElement pod) => pod.Text("spec", "nodeName");

    private static string Describe(IEnumerable<JsonElement> pods) =>
        string.Join(", ", Running(pods).Select(pod => $"{pod.Name()} on {NodeOf(pod)}"));
}
