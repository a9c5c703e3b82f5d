using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Fleet;

/// <summary>Two boards make a fleet: work is spread over both, one loses power, its work moves, and it comes back through the whole chain.</summary>
public sealed class FleetScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "fleet";

    /// <inheritdoc/>
    public string Summary => "two boards join; one loses power, its work moves, and it comes back through the whole chain";

    /// <inheritdoc/>
    public int BoardCount => 2;

    /// <inheritdoc/>
    public IReadOnlyList<Type> RequiredFacets { get; } = [typeof(IPower), typeof(IConsole), typeof(IBootSource), typeof(ITpm)];

    /// <inheritdoc/>
    public IReadOnlyList<StageOutline> Outline { get; } =
    [
        new(StageNames.Netboot, "both boards get the LinuxBoot image from the rig and start it"),
        new(StageNames.MeasuredBoot, "both verify the target under TUF, measure it and start it"),
        new(StageNames.Attestation, "both prove what they started"),
        new(StageNames.ClusterJoin, "both join Kubernetes", NeedsCluster: true),
        new(FleetStages.Spread, "a workload from Git is spread over both", NeedsCluster: true),
        new(FleetStages.PowerCut, "one board loses power and its work moves to the other", NeedsCluster: true),
        new(FleetStages.Return, "it boots, attests and joins again, and takes work", NeedsCluster: true),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Stage> Plan(RunContext context)
    {
        var members = new[] { context.Board }
            .Concat(context.Others)
            .Select(board => new FleetMember(context.For(board)))
            .ToList();
        return
        [
            .. FleetMember.BootStages.Select(name => new Stage(
                name,
                token => InParallelAsync(members, member => member.RunAsync(name, token))
            )),
            new Stage(FleetStages.Spread, token => new FleetStages(context, members).SpreadAsync(token)),
            new Stage(FleetStages.PowerCut, token => new FleetStages(context, members).CutPowerAsync(token)),
            new Stage(FleetStages.Return, token => new FleetStages(context, members).ReturnAsync(token)),
        ];
    }

    /// <summary>Does it for all; the first failure is the one that is told, after all have ended.</summary>
    private static Task InParallelAsync(IEnumerable<FleetMember> members, Func<FleetMember, Task> action) =>
        Task.WhenAll(members.Select(action));
}
