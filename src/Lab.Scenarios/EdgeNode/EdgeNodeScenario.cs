using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;

namespace Lab.Scenarios.EdgeNode;

/// <summary>The main job: a board goes from power-off to an attested node, into the cluster, and under the rule of Git.</summary>
public sealed class EdgeNodeScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "edge-node";

    /// <inheritdoc/>
    public string Summary => "a board netboots, measures itself and attests; then joins a cluster that Git rules";

    /// <inheritdoc/>
    public IReadOnlyList<Type> RequiredFacets { get; } = [typeof(IPower), typeof(IConsole), typeof(IBootSource), typeof(ITpm)];

    /// <inheritdoc/>
    public IReadOnlyList<StageOutline> Outline { get; } =
    [
        new(StageNames.Netboot, "firmware gets an address and the LinuxBoot image from the rig, and starts it"),
        new(StageNames.MeasuredBoot, "the boot agent verifies the target under TUF, measures it and starts it"),
        new(StageNames.Attestation, "the node proves what it started and is given its secret"),
        new(StageNames.ClusterJoin, "the node joins Kubernetes with the token that attestation released", NeedsCluster: true),
        new(StageNames.GitOpsSync, "a workload from Git runs on the node, and Git alone rules it", NeedsCluster: true),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Plan(RunContext context) => Plan(context, new Boot(context));

    /// <summary>The same for a boot that is watched by others too.</summary>
    internal static IReadOnlyList<Stage> Plan(RunContext context, Boot boot) =>
        [
            new Stage(
                StageNames.Netboot,
                async token =>
                {
                    await boot.PowerOnAsync(token);
                    await new NetbootStage(context, boot).RunAsync(token);
                }
            ),
            new Stage(StageNames.MeasuredBoot, new MeasuredBootStage(context, boot).RunAsync),
            new Stage(StageNames.Attestation, new AttestationStage(context, boot).RunAsync),
            new Stage(StageNames.ClusterJoin, token => new ClusterJoinStage(context, boot).RunAsync(token)),
            new Stage(StageNames.GitOpsSync, token => new GitOpsSyncStage(context).RunAsync(token)),
        ];
}
