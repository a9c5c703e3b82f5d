using Lab.Model.Errors;
using Lab.Model.Scenarios;

namespace Lab.Controller.Wiring;

/// <summary>Where the wings of the house are joined: what can be run, and the board and services to run it on.</summary>
public interface ILabWiring
{
    /// <summary>The scenarios, in the order they are listed.</summary>
    IReadOnlyList<IScenario> Scenarios { get; }

    /// <summary>The attacks, in the order they are listed.</summary>
    IReadOnlyList<IAttack> Attacks { get; }

    /// <summary>
    /// Prepares what a board boots, starts the rig's services and opens the board, powered off. When it throws or is cancelled, it has
    /// stopped what it started.
    /// </summary>
    /// <exception cref="RigException">The rig asks for what this machine cannot wire.</exception>
    /// <exception cref="LabException">A tool, a download or a service failed.</exception>
    Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken);
}
