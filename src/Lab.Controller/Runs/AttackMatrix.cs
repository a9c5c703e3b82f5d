using System.Collections.Concurrent;
using Lab.Controller.Rigs;
using Lab.Controller.Wiring;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using Serilog;

namespace Lab.Controller.Runs;

/// <summary>
/// Stages every attack, each in a run of its own, and compares what refused with what must. Each board takes the next attack when it has
/// finished one, so two boards take half the time.
/// </summary>
/// <param name="wiring">Where attacks, boards and services come from.</param>
/// <param name="folder">Where everything is written; each attack's run has a folder in it.</param>
/// <param name="events">Who is told: a stage an attack.</param>
/// <param name="log">The log file.</param>
/// <param name="time">The clock.</param>
internal sealed class AttackMatrix(ILabWiring wiring, RunFolder folder, RunEventStream events, ILogger log, TimeProvider time)
{
    /// <summary>What <c>hwlab run</c> calls it, where scenarios have their names.</summary>
    public const string Name = "attacks";

    private readonly ConcurrentDictionary<string, (AttackResult Result, StageResult Stage)> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _facts = new(StringComparer.Ordinal);

    /// <summary>Stages the attacks, over the boards.</summary>
    /// <returns>The record, also when it was cancelled: with the attacks that had ended by then.</returns>
    /// <exception cref="LabException">A record could not be written.</exception>
    public async Task<RunOutcome> RunAsync(
        string id,
        Rig rig,
        IReadOnlyList<RigBoard> boards,
        IReadOnlyList<IAttack> attacks,
        CancellationToken cancellationToken
    )
    {
        var started = time.GetUtcNow();
        var names = string.Join(", ", boards.Select(board => board.Name));
        events.Publish(new RunEvent.RunStarted(started, id, Name, null, rig.Name, names));
        try
        {
            var waiting = new ConcurrentQueue<IAttack>(attacks);
            await Task.WhenAll(boards.Select(board => WorkAsync(rig, board, waiting, cancellationToken)));
            if (cancellationToken.IsCancellationRequested)
            {
                _facts["cancelled"] = "true";
            }

            var done = attacks.Where(attack => _done.ContainsKey(attack.Name)).Select(attack => _done[attack.Name]).ToList();
            var record = new RunRecord
            {
                Id = id,
                Scenario = Name,
                Rig = rig.Name,
                Board = names,
                Verdict = done.Count == attacks.Count ? Verdicts.Worst(done.Select(one => one.Result.Verdict)) : Verdict.LabError,
                StartedAt = started,
                Duration = time.GetUtcNow() - started,
                Stages = [.. done.Select(one => one.Stage)],
                Attacks = [.. done.Select(one => one.Result)],
                Facts = new SortedDictionary<string, string>(_facts, StringComparer.Ordinal),
            };
            await RunFiles.WriteAsync(folder, record, events.Published, CancellationToken.None);
            events.Publish(new RunEvent.RunEnded(time.GetUtcNow(), record));
            return new RunOutcome(
                record,
                cancellationToken.IsCancellationRequested ? ExitCodes.Cancelled : ExitCodes.Of(record.Verdict)
            );
        }
        finally
        {
            events.Complete();
        }
    }

    private async Task WorkAsync(Rig rig, RigBoard board, ConcurrentQueue<IAttack> waiting, CancellationToken cancellationToken)
    {
        // A worker must not hold up the one that starts the others.
        await Task.Yield();
        while (!cancellationToken.IsCancellationRequested && waiting.TryDequeue(out var attack))
        {
            await StageAsync(rig, board, attack, cancellationToken);
        }
    }

    private async Task StageAsync(Rig rig, RigBoard board, IAttack attack, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        events.Publish(new RunEvent.StageStarted(started, attack.Name));
        var path = $"{RunFolder.Attacks}/{attack.Name}";
        using var own = RunFolder.Create(folder.PathOf(path));
        var said = new RunEventStream();
        var engine = new RunEngine(wiring, own, said, log.ForContext("Attack", attack.Name), time);
        var scenario = wiring.Scenarios.First(scenario => scenario.Name == attack.Scenario);
        var telling = TellAsync(attack, said.ReadAsync(CancellationToken.None));
        var request = new RunRequest(rig, board, scenario, attack).WithOthers();
        var outcome = await engine.RunAsync(RunId.Create(started), request, cancellationToken);
        await telling;
        if (cancellationToken.IsCancellationRequested && outcome.ExitCode == ExitCodes.Cancelled)
        {
            return;
        }

        var result = AttackJudge.Judge(attack, outcome.Record, path);
        var stage = StageOf(result, started);
        events.Publish(new RunEvent.CheckMade(time.GetUtcNow(), attack.Name, stage.Checks[0]));
        events.Publish(new RunEvent.StageEnded(time.GetUtcNow(), stage));
        _done[attack.Name] = (result, stage);
        foreach (var (name, value) in outcome.Record.Facts)
        {
            if (name != RunEngine.PowerOnFact && !name.StartsWith("attack.", StringComparison.Ordinal))
            {
                _facts[name] = value;
            }
        }
    }

    /// <summary>Passes on where the attack's run has got to; its checks stand in its own record.</summary>
    private async Task TellAsync(IAttack attack, IAsyncEnumerable<RunEvent> said)
    {
        await foreach (var runEvent in said)
        {
            if (runEvent is RunEvent.StageStarted stage)
            {
                events.Publish(new RunEvent.Progress(stage.At, attack.Name, $"{attack.Name}: {stage.Stage}"));
            }
        }
    }

    private StageResult StageOf(AttackResult result, DateTimeOffset started) =>
        new(
            result.Name,
            result.Verdict,
            started,
            time.GetUtcNow() - started,
            [
                new CheckResult(
                    $"refused at {result.Expected.Stage} with {result.Expected.Code} ({result.Class})",
                    result.Verdict,
                    result.Detail.Length == 0 ? result.Summary : result.Detail,
                    [$"{result.Folder}/{RunFolder.HtmlFile}"]
                ),
            ],
            Error: null
        );
}
