using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>How far a run is, going by its events.</summary>
internal sealed class RunProgress
{
    private readonly List<StageProgress> _stages = [];

    public RunEvent.RunStarted? Started { get; private set; }

    public RunRecord? Record { get; private set; }

    public IReadOnlyList<StageProgress> Stages => _stages;

    public BootPhase? LastPhase { get; private set; }

    /// <summary>What was said last, until something else happens.</summary>
    public string? Saying { get; private set; }

    public void Accept(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                Started = started;
                break;
            case RunEvent.StageStarted started:
                _stages.Add(new StageProgress(started.Stage, started.At));
                Saying = null;
                break;
            case RunEvent.CheckMade made:
                Find(made.Stage)?.Checks.Add((made.Check, made.At));
                break;
            case RunEvent.Progress progress:
                Saying = progress.Text;
                break;
            case RunEvent.PhaseReached reached:
                LastPhase = reached.Phase;
                break;
            case RunEvent.StageEnded ended when Find(ended.Result.Name) is { } stage:
                stage.Result = ended.Result;
                Saying = null;
                break;
            case RunEvent.RunEnded ended:
                Record = ended.Record;
                break;
        }
    }

    // The attacks of a matrix are under way side by side.
    private StageProgress? Find(string stage) => _stages.FindLast(one => one.Name == stage);

    /// <summary>A stage as it is seen from outside.</summary>
    internal sealed class StageProgress(string name, DateTimeOffset startedAt)
    {
        public string Name { get; } = name;

        public DateTimeOffset StartedAt { get; } = startedAt;

        public List<(CheckResult Check, DateTimeOffset At)> Checks { get; } = [];

        public StageResult? Result { get; set; }
    }
}
