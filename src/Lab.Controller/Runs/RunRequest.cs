using Lab.Controller.Rigs;
using Lab.Model.Errors;
using Lab.Model.Scenarios;

namespace Lab.Controller.Runs;

/// <summary>What is to be run, and where.</summary>
/// <param name="Rig">The rig.</param>
/// <param name="Board">One of its boards.</param>
/// <param name="Scenario">The scenario.</param>
/// <param name="Attack">The attack staged in it, or null.</param>
/// <param name="StopAfter">The last stage to run, or null for the last one that exists.</param>
/// <param name="Keep">Whether the board is left on after the last stage until the run is cancelled.</param>
public sealed record RunRequest(
    Rig Rig,
    RigBoard Board,
    IScenario Scenario,
    IAttack? Attack = null,
    string? StopAfter = null,
    bool Keep = false
)
{
    /// <summary>Refuses a <see cref="StopAfter"/> that names no stage, or one that does not exist yet.</summary>
    /// <exception cref="RigException">It does.</exception>
    public RunRequest Checked()
    {
        if (StopAfter is null)
        {
            return this;
        }

        var stage = Scenario.Outline.FirstOrDefault(stage => stage.Name == StopAfter);
        var names = string.Join(", ", Scenario.Outline.Where(stage => stage.Available).Select(stage => stage.Name));
        return stage switch
        {
            { Available: true } => this,
            null => throw new RigException(
                $"scenario '{Scenario.Name}' has no stage '{StopAfter}'",
                "--stop-after",
                $"one of: {names}"
            ),
            _ => throw new RigException($"stage '{StopAfter}' does not exist yet", "--stop-after", $"one of: {names}"),
        };
    }
}
