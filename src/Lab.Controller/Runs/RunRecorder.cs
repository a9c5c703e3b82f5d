using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>Takes down what a scenario learns and tells it to the run's readers. May be called from any thread.</summary>
internal sealed class RunRecorder(RunFolder folder, string board, RunEventStream events, TimeProvider time) : IRunRecorder
{
    private readonly Lock _gate = new();
    private readonly List<StageResult> _stages = [];
    private readonly List<BootPhase> _phases = [];
    private readonly List<SeenRefusal> _refusals = [];
    private List<CheckResult> _checks = [];
    private IReadOnlyList<PcrComparison> _pcrs = [];
    private readonly DateTimeOffset _opened = time.GetUtcNow();
    private DateTimeOffset? _powerOn;
    private DateTimeOffset _stageStarted;
    private string _stage = RunEngine.PrepareStage;

    public IReadOnlyList<StageResult> Stages
    {
        get
        {
            lock (_gate)
            {
                return [.. _stages];
            }
        }
    }

    public IReadOnlyList<BootPhase> Phases
    {
        get
        {
            lock (_gate)
            {
                return [.. _phases];
            }
        }
    }

    public IReadOnlyList<SeenRefusal> Refusals
    {
        get
        {
            lock (_gate)
            {
                return [.. _refusals];
            }
        }
    }

    public DateTimeOffset? PowerOn
    {
        get
        {
            lock (_gate)
            {
                return _powerOn;
            }
        }
    }

    public IReadOnlyList<PcrComparison> Table
    {
        get
        {
            lock (_gate)
            {
                return _pcrs;
            }
        }
    }

    public void BeginStage(string name)
    {
        lock (_gate)
        {
            _stage = name;
            _checks = [];
            _stageStarted = time.GetUtcNow();
            events.Publish(new RunEvent.StageStarted(_stageStarted, name));
        }
    }

    /// <summary>Ends the stage in progress with the worst of its checks' verdicts and the given one.</summary>
    public StageResult EndStage(Verdict verdict, string? error)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var worst = Verdicts.Worst(_checks.Select(check => check.Verdict).Append(verdict));
            var result = new StageResult(_stage, worst, _stageStarted, now - _stageStarted, _checks, error);
            _stages.Add(result);
            events.Publish(new RunEvent.StageEnded(now, result));
            return result;
        }
    }

    public void Check(string name, bool holds, string detail, params IReadOnlyList<string> evidence)
    {
        lock (_gate)
        {
            var check = new CheckResult(name, holds ? Verdict.Pass : Verdict.Fail, detail, [.. evidence.Select(Place)]);
            _checks.Add(check);
            events.Publish(new RunEvent.CheckMade(time.GetUtcNow(), _stage, check));
        }
    }

    public void Refused(string code)
    {
        lock (_gate)
        {
            _refusals.Add(new SeenRefusal(_stage, code));
        }
    }

    public void Say(string text)
    {
        lock (_gate)
        {
            events.Publish(new RunEvent.Progress(time.GetUtcNow(), _stage, text));
        }
    }

    public void Phase(string name, DateTimeOffset at) => Phase(name, at, other: null);

    private void Phase(string name, DateTimeOffset at, string? other)
    {
        lock (_gate)
        {
            var phase = new BootPhase(name, at - (_powerOn ?? _opened)) { Board = other };
            _phases.Add(phase);
            events.Publish(new RunEvent.PhaseReached(at, phase));
        }
    }

    public void PoweredOn(DateTimeOffset at)
    {
        lock (_gate)
        {
            // A second power-on begins another boot; its time line is the one that led to the verdict.
            _powerOn = at;
            _phases.Clear();
        }
    }

    public IRunRecorder For(string name) => name == board ? this : new OtherBoardRecorder(this, name);

    public void Pcrs(IReadOnlyList<PcrComparison> pcrs)
    {
        lock (_gate)
        {
            _pcrs = pcrs;
        }
    }

    public async Task<string> KeepAsync(string relativePath, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var place = Place(relativePath);
        await folder.WriteAsync(place, content, cancellationToken);
        return place;
    }

    /// <summary>Evidence lies in its board's folder, a service's in that of the services; a scenario names a board's without.</summary>
    private string Place(string path) => Place(board, path);

    private static string Place(string board, string path) =>
        path.StartsWith(RunFolder.Boards + "/", StringComparison.Ordinal)
        || path.StartsWith(RunFolder.Services + "/", StringComparison.Ordinal)
            ? path
            : $"{RunFolder.Boards}/{board}/{path}";

    /// <summary>Another board of the same run.</summary>
    private sealed class OtherBoardRecorder(RunRecorder run, string board) : IRunRecorder
    {
        public void Check(string name, bool holds, string detail, params IReadOnlyList<string> evidence) =>
            run.Check($"{board}: {name}", holds, detail, [.. evidence.Select(path => Place(board, path))]);

        public void Refused(string code) => run.Refused(code);

        public void Say(string text) => run.Say($"{board}: {text}");

        public void Phase(string name, DateTimeOffset at) => run.Phase(name, at, board);

        // The run's time line begins with its first board.
        public void PoweredOn(DateTimeOffset at) => run.Phase("power-on", at, board);

        public void Pcrs(IReadOnlyList<PcrComparison> pcrs) { }

        public IRunRecorder For(string name) => run.For(name);

        public Task<string> KeepAsync(string relativePath, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            run.KeepAsync(Place(board, relativePath), content, cancellationToken);
    }
}
