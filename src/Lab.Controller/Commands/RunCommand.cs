using System.CommandLine;
using Lab.Controller.Live;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Tracing.Otlp;
using Lab.Controller.Training;
using Lab.Controller.Wiring;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using Serilog;
using Serilog.Formatting.Compact;
using Spectre.Console;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab run SCENARIO</c>.</summary>
internal static class RunCommand
{
    public static Command Create(LabEnvironment environment)
    {
        var scenario = new Argument<string>("SCENARIO")
        {
            Description = "What to run; 'hwlab list scenarios' names them. 'attacks' stages every attack and prints the matrix.",
        };
        var rig = CommonOptions.Rig();
        var board = CommonOptions.Board();
        var output = new Option<string?>("--out")
        {
            Description = "The folder for record, reports and evidence.",
            HelpName = "DIR",
        };
        var stopAfter = new Option<string?>("--stop-after") { Description = "The last stage to run.", HelpName = "STAGE" };
        var attack = new Option<string?>("--attack")
        {
            Description = "Stage an attack; it passes when the chain refuses.",
            HelpName = "NAME",
        };
        var network = new Option<NetworkMode?>("--network")
        {
            Description = "How the board is wired to its services, instead of what the rig says.",
            HelpName = "auto|segment|user",
        };
        var mirror = CommonOptions.Mirror();
        var keep = new Option<bool>("--keep") { Description = "Leave the board on after the last stage, until Ctrl-C." };
        var untrained = new Option<bool>("--untrained") { Description = "Take a real board that was never trained, or failed." };
        var json = new Option<bool>("--json") { Description = "Write one JSON object a line for each event." };
        var command = new Command("run", "Take a board through a scenario.")
        {
            scenario,
            rig,
            board,
            output,
            stopAfter,
            attack,
            network,
            mirror,
            keep,
            untrained,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var lab = environment.Wiring.Value;
                if (parsed.GetRequiredValue(scenario) == AttackMatrix.Name)
                {
                    Refuse("--attack", parsed.GetValue(attack) is not null);
                    Refuse("--stop-after", parsed.GetValue(stopAfter) is not null);
                    Refuse("--keep", parsed.GetValue(keep));
                    var whole = RigFiles.Read(environment, parsed.GetValue(rig));
                    whole = whole with { Network = parsed.GetValue(network) ?? whole.Network };
                    return await RunAttacksCommand.RunAsync(
                        environment,
                        whole,
                        parsed.GetValue(board) is { } only ? [whole.FindBoard(only)] : whole.Boards,
                        parsed.GetValue(output),
                        parsed.GetValue(json),
                        cancellationToken
                    );
                }

                var found = FindScenario(lab, parsed.GetRequiredValue(scenario));
                var wired = RigFiles.Read(environment, parsed.GetValue(rig));
                wired = wired with
                {
                    Network = parsed.GetValue(network) ?? wired.Network,
                    Cluster = wired.Cluster with { Mirror = parsed.GetValue(mirror) ?? wired.Cluster.Mirror },
                };
                var request = new RunRequest(
                    wired,
                    wired.FindBoard(parsed.GetValue(board)),
                    found,
                    FindAttack(lab, found, parsed.GetValue(attack)),
                    parsed.GetValue(stopAfter),
                    parsed.GetValue(keep)
                )
                    .WithOthers()
                    .Checked();
                if (!parsed.GetValue(untrained))
                {
                    var training = new TrainingRecords(environment.Folders, wired.Name);
                    request.Boards.ToList().ForEach(training.Demand);
                }

                var outcome = await RunAsync(
                    environment,
                    request,
                    parsed.GetValue(output),
                    parsed.GetValue(json),
                    cancellationToken
                );
                return outcome.ExitCode;
            }
        );
        return command;
    }

    /// <summary>Makes a run and shows it.</summary>
    internal static async Task<RunOutcome> RunAsync(
        LabEnvironment environment,
        RunRequest request,
        string? output,
        bool json,
        CancellationToken cancellationToken
    )
    {
        var id = RunId.Create(environment.Time.GetUtcNow());
        using var folder = output is null ? environment.Runs.Create(id) : RunFolder.Create(output);
        await using var log = new LoggerConfiguration()
            .MinimumLevel.Debug()
            .Enrich.WithProperty("Run", id)
            .WriteTo.File(new CompactJsonFormatter(), folder.PathOf(RunFolder.LogFile))
            .CreateLogger();
        var events = new RunEventStream();
        var engine = new RunEngine(environment.Wiring.Value, folder, events, log, environment.Time);
        var view = View(environment, request, engine, folder, json);
        var showing = view.ShowAsync(events.ReadAsync(CancellationToken.None), CancellationToken.None);
        var logging = LogAsync(events.ReadAsync(CancellationToken.None), log);
        var exporting = new TraceExport(folder, log, Environment.GetEnvironmentVariable, environment.Time).FollowAsync(
            events.ReadAsync(CancellationToken.None),
            CancellationToken.None
        );
        try
        {
            return await engine.RunAsync(id, request, cancellationToken);
        }
        finally
        {
            // Whoever reads our output may have gone away (a closed pipe); the run's verdict stands all the same.
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await logging;
            if (await exporting is { } problem)
            {
                await environment.Error.WriteLineAsync($"hwlab: {TerminalText.OneLine(problem)}");
            }
        }
    }

    private static IRunView View(LabEnvironment environment, RunRequest request, RunEngine engine, RunFolder folder, bool json)
    {
        if (json)
        {
            return new JsonView(environment.Output, folder.Root);
        }

        var planned = request.Scenario.Outline.Where(stage => stage.Available).Select(stage => stage.Name).ToList();
        var last = request.StopAfter is null ? planned.Count - 1 : planned.IndexOf(request.StopAfter);
        return environment.IsTerminal
            ? new TerminalView(
                AnsiConsole.Console,
                folder,
                request.Attack is null ? [.. planned.Take(last + 1)] : [],
                count => engine.Console?.LastLines(count) ?? [],
                environment.Time
            )
            : new PlainView(environment.Output, folder);
    }

    private static void Refuse(string option, bool given)
    {
        if (given)
        {
            throw new RigException(
                "this makes no sense for all attacks at once",
                option,
                "stage one of them: hwlab run edge-node --attack NAME"
            );
        }
    }

    internal static async Task LogAsync(IAsyncEnumerable<RunEvent> events, ILogger log)
    {
        await foreach (var runEvent in events)
        {
            switch (runEvent)
            {
                case RunEvent.RunEnded ended:
                    log.Information("Run ended: {Verdict}", ended.Record.Verdict);
                    break;
                case RunEvent.StageEnded { Result: var stage }:
                    log.Information("Stage {Stage} ended: {Verdict} {Error}", stage.Name, stage.Verdict, stage.Error);
                    break;
                case RunEvent.StageStarted started:
                    log.Information("Stage {Stage} began", started.Stage);
                    break;
                case RunEvent.CheckMade { Check: var check } made:
                    log.Information(
                        "Check in {Stage}: {Check}: {Verdict} {Detail}",
                        made.Stage,
                        check.Name,
                        check.Verdict,
                        check.Detail
                    );
                    break;
                case RunEvent.PhaseReached { Phase: var phase }:
                    log.Information("Phase {Phase} at {At}", phase.Name, phase.At);
                    break;
                case RunEvent.Progress progress:
                    log.Information("{Stage}: {Text}", progress.Stage, progress.Text);
                    break;
                case RunEvent.RunStarted started:
                    log.Information(
                        "Run of {Scenario} {Attack} began on {Board} of {Rig}",
                        started.Scenario,
                        started.Attack,
                        started.Board,
                        started.Rig
                    );
                    break;
            }
        }
    }

    private static IScenario FindScenario(ILabWiring lab, string name) =>
        lab.Scenarios.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new RigException(
            $"there is no scenario '{name}'",
            remedy: $"one of: {string.Join(", ", lab.Scenarios.Select(scenario => scenario.Name).Append(AttackMatrix.Name))}"
        );

    private static IAttack? FindAttack(ILabWiring lab, IScenario scenario, string? name)
    {
        if (name is null)
        {
            return null;
        }

        var attacks = lab.Attacks.Where(attack => attack.Scenario == scenario.Name).ToList();
        return attacks.Find(attack => attack.Name == name)
            ?? throw new RigException(
                $"scenario '{scenario.Name}' has no attack '{name}'",
                "--attack",
                $"one of: {string.Join(", ", attacks.Select(attack => attack.Name))}"
            );
    }
}
