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
    /// <summary>The boards that the scenario takes beside <see cref="Board"/>: the rig's next ones.</summary>
    public IReadOnlyList<RigBoard> Others { get; init; } = [];

    /// <summary>All boards of the run, the first one first.</summary>
    public IReadOnlyList<RigBoard> Boards => [Board, .. Others];

    /// <summary>Whether a stage that is to be run needs the rig's cluster.</summary>
    public bool NeedsCluster => Attack?.NeedsCluster ?? StagesToRun.Any(stage => stage.NeedsCluster);

    private IEnumerable<StageOutline> StagesToRun
    {
        get
        {
            var last = Scenario.Outline.ToList().FindIndex(stage => stage.Name == StopAfter);
            return last < 0 ? Scenario.Outline : Scenario.Outline.Take(last + 1);
        }
    }

    /// <summary>Adds the boards that the scenario takes beside the first.</summary>
    /// <exception cref="RigException">The rig has too few.</exception>
    public RunRequest WithOthers()
    {
        var others = Rig.Boards.Where(board => board.Name != Board.Name).Take(Scenario.BoardCount - 1).ToList();
        return others.Count == Scenario.BoardCount - 1
            ? this with
            {
                Others = others,
            }
            : throw new RigException(
                $"scenario '{Scenario.Name}' takes {Scenario.BoardCount} boards and rig '{Rig.Name}' has {Rig.Boards.Count}",
                Rig.File,
                "add boards to the rig"
            );
    }

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
