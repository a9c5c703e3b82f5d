using Lab.Controller.Tracing.Kubernetes;
using Lab.Controller.Wiring;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Serilog;

namespace Lab.Controller.Runs;

/// <summary>Takes a board through the stages of a scenario, writes down what happened, and leaves nothing running.</summary>
/// <param name="wiring">Where boards and services come from.</param>
/// <param name="folder">Where everything is written.</param>
/// <param name="events">Who is told.</param>
/// <param name="log">The run's log file.</param>
/// <param name="time">The clock.</param>
public sealed class RunEngine(ILabWiring wiring, RunFolder folder, RunEventStream events, ILogger log, TimeProvider time)
{
    /// <summary>The name under which a failed preparation stands in the record; a run that could be prepared has no such stage.</summary>
    public const string PrepareStage = "prepare";

    /// <summary>The name under which lost evidence stands in the record; a run whose evidence is complete has no such stage.</summary>
    public const string EvidenceStage = "evidence";

    /// <summary>The fact that says when the boot's time line begins, in the round-trip form of ISO 8601.</summary>
    public const string PowerOnFact = "power-on";

    // A console closes with its board; this is for one that does not, so that the run still ends.
    private static readonly TimeSpan ConsoleGrace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);
    private int? _exitCode;

    /// <summary>The board's console, once there is one: for those who watch.</summary>
    public IConsole? Console { get; private set; }

    /// <summary>Runs the scenario, or the attack staged in it.</summary>
    /// <returns>The record, also when the run failed or was cancelled.</returns>
    /// <exception cref="LabException">The record could not be written.</exception>
    public async Task<RunOutcome> RunAsync(string id, RunRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var recorder = new RunRecorder(folder, request.Board.Name, events, time);
        events.Publish(
            new RunEvent.RunStarted(
                started,
                id,
                request.Scenario.Name,
                request.Attack?.Name,
                request.Rig.Name,
                request.Board.Name
            )
        );
        try
        {
            AddFacts(request);
            await PrepareAndRunAsync(request, recorder, cancellationToken);
            var record = Record(id, request, recorder, started);
            await RunFiles.WriteAsync(folder, record, events.Published, CancellationToken.None);
            events.Publish(new RunEvent.RunEnded(time.GetUtcNow(), record));
            return new RunOutcome(record, _exitCode ?? ExitCodes.Of(record.Verdict));
        }
        finally
        {
            events.Complete();
        }
    }

    private async Task PrepareAndRunAsync(RunRequest request, RunRecorder recorder, CancellationToken cancellationToken)
    {
        PreparedRun prepared;
        recorder.Say("preparing the board and its services");
        try
        {
            prepared = await wiring.PrepareAsync(new RunSetup(request, folder, recorder.Say, log, time), cancellationToken);
        }
        catch (Exception exception)
        {
            recorder.BeginStage(PrepareStage);
            EndBadly(recorder, exception, Verdict.LabError, cancellationToken);
            _exitCode ??= ExitCodes.Of(exception);
            return;
        }

        foreach (var (name, value) in prepared.Facts)
        {
            _facts[name] = value;
        }

        Console = prepared.Board.Find<IConsole>();
        var recordings = Record(prepared.Boards);
        try
        {
            await RunPreparedAsync(prepared, request, recorder, cancellationToken);
            foreach (var recording in recordings)
            {
                await FinishAsync(recording, recorder);
            }
        }
        finally
        {
            foreach (var recording in recordings)
            {
                await recording.DisposeAsync();
            }
        }
    }

    private List<ConsoleRecording> Record(IEnumerable<Board> boards) =>
        [
            .. boards
                .Where(board => board.Has(typeof(IConsole)))
                .Select(board => new ConsoleRecording(board.Require<IConsole>(), folder, board.Name)),
        ];

    private async Task FinishAsync(ConsoleRecording recording, RunRecorder recorder)
    {
        await recording.FinishAsync(ConsoleGrace, CancellationToken.None);
        if (recording.Failure is { } failure)
        {
            recorder.BeginStage(EvidenceStage);
            EndBadly(recorder, failure, Verdict.LabError, CancellationToken.None);
        }
    }

    private async Task RunPreparedAsync(
        PreparedRun prepared,
        RunRequest request,
        RunRecorder recorder,
        CancellationToken cancellationToken
    )
    {
        KubernetesEventCollector? watching = null;
        try
        {
            var context = new RunContext(prepared.Board, prepared.Services, recorder, prepared.Deadlines, time)
            {
                Others = prepared.Others,
            };
            var stages = StagesOf(request, context);
            if (FindMissingFacets(request, prepared) is { } missing)
            {
                Skip(recorder, stages, missing);
                return;
            }

            watching = KubernetesEventCollector.Start(prepared.Services.Find<ICluster>(), log, time);
            await RunStagesAsync(stages, recorder, prepared.ServicesFailed, cancellationToken);
            if (request.Keep && !cancellationToken.IsCancellationRequested)
            {
                recorder.Say(
                    prepared.Services.Find<ICluster>() is { } cluster
                        ? $"board and cluster are kept on; Ctrl-C ends them · kubectl --kubeconfig {cluster.KubeconfigPath} get nodes"
                        : "the board is kept on; Ctrl-C ends it"
                );
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
        finally
        {
            await KeepClusterEventsAsync(watching);
            await ReleaseAsync(prepared);
        }
    }

    /// <summary>Keeps what the cluster said, before it goes.</summary>
    private async Task KeepClusterEventsAsync(KubernetesEventCollector? watching)
    {
        if (watching is null)
        {
            return;
        }

        try
        {
            await using (watching)
            {
                if (await watching.FinishAsync(CancellationToken.None) is { } records)
                {
                    var content = KubernetesEventsFile.Write(records);
                    await folder.WriteAsync(KubernetesEventsFile.Name, content, CancellationToken.None);
                }
            }
        }
        catch (Exception exception)
        {
            // What the services have started must be stopped all the same.
            log.Error(exception, "What the cluster said could not be kept");
        }
    }

    private async Task RunStagesAsync(
        IReadOnlyList<Stage> stages,
        RunRecorder recorder,
        Task<LabException?> servicesFailed,
        CancellationToken cancellationToken
    )
    {
        foreach (var stage in stages)
        {
            recorder.BeginStage(stage.Name);
            StageResult result;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                await RunStageAsync(stage, servicesFailed, cancellationToken);
                result = recorder.EndStage(Verdict.Pass, error: null);
            }
            catch (Exception exception)
            {
                result = EndBadly(recorder, exception, Verdicts.Of(exception), cancellationToken);
            }

            if (result.Verdict != Verdict.Pass)
            {
                return;
            }
        }
    }

    /// <summary>Runs a stage; a service that fails meanwhile ends it, before the board is blamed for what it no longer gets.</summary>
    private static async Task RunStageAsync(Stage stage, Task<LabException?> servicesFailed, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = stage.RunAsync(ending.Token);
        if (await Task.WhenAny(running, servicesFailed) == running || await servicesFailed is not { } failure)
        {
            await running;
            return;
        }

        await ending.CancelAsync();
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw failure;
    }

    private StageResult EndBadly(RunRecorder recorder, Exception exception, Verdict verdict, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            _exitCode = ExitCodes.Cancelled;
            _facts["cancelled"] = "true";
            return recorder.EndStage(Verdict.LabError, "cancelled by the user");
        }

        log.Error(exception, "The run was ended by an error");
        return recorder.EndStage(verdict, Verdicts.Tell(exception));
    }

    private async Task ReleaseAsync(PreparedRun prepared)
    {
        try
        {
            await prepared.DisposeAsync();
        }
        catch (Exception exception)
        {
            // The verdict on the board stands; what could not be stopped is the next start's to clean up.
            log.Error(exception, "The board or its services could not be stopped cleanly");
        }
    }

    private static string? FindMissingFacets(RunRequest request, PreparedRun prepared)
    {
        foreach (var board in prepared.Boards)
        {
            var missing = request.Scenario.RequiredFacets.Where(facet => !board.Has(facet)).Select(facet => facet.Name[1..]);
            if (string.Join(", ", missing) is { Length: > 0 } names)
            {
                return $"board '{board.Name}' has no {names} facet; wire one in {request.Rig.File}";
            }
        }

        return null;
    }

    private static void Skip(RunRecorder recorder, IReadOnlyList<Stage> stages, string why)
    {
        foreach (var stage in stages)
        {
            recorder.BeginStage(stage.Name);
            recorder.EndStage(Verdict.Skipped, why);
        }
    }

    private static List<Stage> StagesOf(RunRequest request, RunContext context)
    {
        var stages = request.Attack?.Plan(context) ?? request.Scenario.Plan(context);
        var last = request.StopAfter is null ? -1 : stages.ToList().FindIndex(stage => stage.Name == request.StopAfter);
        return last < 0 ? [.. stages] : [.. stages.Take(last + 1)];
    }

    private void AddFacts(RunRequest request)
    {
        _facts["hwlab"] = typeof(RunEngine).Assembly.GetName().Version?.ToString(3) ?? "";
        _facts["os"] = System.Runtime.InteropServices.RuntimeInformation.OSDescription;
        _facts["processors"] = $"{Environment.ProcessorCount}";
        if (request.Attack is { } attack)
        {
            _facts["attack.summary"] = attack.Summary;
            _facts["attack.class"] = attack.Class;
            _facts["attack.refusing-stage"] = attack.RefusingStage;
            _facts["attack.refusal-code"] = attack.RefusalCode;
        }
    }

    private RunRecord Record(string id, RunRequest request, RunRecorder recorder, DateTimeOffset started)
    {
        if (recorder.PowerOn is { } powerOn)
        {
            _facts[PowerOnFact] = powerOn.ToString("O");
        }

        return new()
        {
            Id = id,
            Scenario = request.Scenario.Name,
            Attack = request.Attack?.Name,
            Rig = request.Rig.Name,
            Board = request.Board.Name,
            Verdict = recorder.Stages is { Count: > 0 } stages
                ? Verdicts.Worst(stages.Select(stage => stage.Verdict))
                : Verdict.LabError,
            StartedAt = started,
            Duration = time.GetUtcNow() - started,
            Stages = recorder.Stages,
            Phases = recorder.Phases,
            Pcrs = recorder.Table,
            Refusals = recorder.Refusals,
            Facts = _facts,
        };
    }
}
