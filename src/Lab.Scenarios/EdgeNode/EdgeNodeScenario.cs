using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;

namespace Lab.Scenarios.EdgeNode;

/// <summary>The main job: a board goes from power-off to an attested node, and (when those stages exist) into the cluster.</summary>
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
        new(StageNames.Netboot, "firmware gets an address and the LinuxBoot image from the rig, and starts it", Available: true),
        new(StageNames.MeasuredBoot, "the boot agent verifies the target under TUF, measures it and starts it", Available: true),
        new(StageNames.Attestation, "the node proves what it started and is given its secret", Available: true),
        new(StageNames.ClusterJoin, "the node joins Kubernetes with the secret that attestation released", Available: false),
        new(StageNames.GitOpsSync, "a workload from Git runs on the node", Available: false),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var boot = new Boot(context);
        return
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
        ];
    }
}
