using Lab.Model.Boards;
using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.Scenarios.Fleet;

/// <summary>One board of the fleet, on its way from power-off into the cluster.</summary>
internal sealed class FleetMember
{
    /// <summary>The stages that a board goes through to become a node.</summary>
    public static readonly IReadOnlyList<string> BootStages =
    [
        StageNames.Netboot,
        StageNames.MeasuredBoot,
        StageNames.Attestation,
        StageNames.ClusterJoin,
    ];

    private readonly RunContext _context;
    private readonly IReadOnlyList<Stage> _stages;

    public FleetMember(RunContext context)
    {
        _context = context;
        _stages = EdgeNodeScenario.Plan(context, new Boot(context));
    }

    public string Name => _context.Board.Name;

    /// <summary>Takes the board through one stage.</summary>
    public Task RunAsync(string stage, CancellationToken cancellationToken) =>
        _stages.First(own => own.Name == stage).RunAsync(cancellationToken);

    /// <summary>Takes the board through all of them.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in BootStages)
        {
            await RunAsync(stage, cancellationToken);
        }
    }

    public Task CutPowerAsync(CancellationToken cancellationToken) =>
        _context.Board.Require<IPower>().CutAsync(cancellationToken);
}
