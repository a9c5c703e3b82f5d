using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Scenarios;

namespace Lab.Controller.Wiring;

/// <summary>The lab as it is built: which scenarios there are, and how a rig's boards and services are made from the wings of the house.</summary>
internal sealed class LabWiring : ILabWiring
{
    public IReadOnlyList<IScenario> Scenarios { get; } = ScenarioCatalog.CreateScenarios();

    public IReadOnlyList<IAttack> Attacks { get; } = ScenarioCatalog.CreateAttacks();

    public Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken) =>
        throw new RigException($"there is no driver '{setup.Board.Driver}'", $"{setup.Board.At}");
}
