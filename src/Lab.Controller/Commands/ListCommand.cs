using System.CommandLine;
using System.Text.Json;
using Lab.Controller.Live;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Training;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Scenarios;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab list …</c>: what there is.</summary>
internal static class ListCommand
{
    public static Command Create(LabEnvironment environment) =>
        new("list", "List what there is.")
        {
            Noun("scenarios", "The scenarios and their stages.", json => Scenarios(environment, json)),
            Noun("attacks", "The attacks, and the stage that must refuse each.", json => Attacks(environment, json)),
            Noun("rigs", "The rig files in rigs/.", json => Rigs(environment, json)),
            Boards(environment),
            Runs(environment),
        };

    private static Command Noun(string noun, string description, Action<bool> list)
    {
        var json = CommonOptions.Json();
        var command = new Command(noun, description) { json };
        command.SetAction(parsed => list(parsed.GetValue(json)));
        return command;
    }

    private static void Scenarios(LabEnvironment environment, bool asJson)
    {
        var scenarios = environment.Wiring.Value.Scenarios;
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "scenarios",
                scenarios,
                (json, scenario) =>
                {
                    json.WriteString("name", scenario.Name);
                    json.WriteString("summary", scenario.Summary);
                    json.WriteString("stopAfter", scenario.Outline.LastOrDefault(stage => stage.Available)?.Name);
                    JsonOutput.WriteArray(
                        json,
                        "stages",
                        scenario.Outline,
                        (item, stage) =>
                        {
                            item.WriteString("name", stage.Name);
                            item.WriteString("summary", stage.Summary);
                            item.WriteBoolean("available", stage.Available);
                        }
                    );
                }
            );
            return;
        }

        foreach (var scenario in scenarios)
        {
            environment.Output.WriteLine($"{scenario.Name}  {scenario.Summary}");
            TextTable.Write(
                environment.Output,
                [
                    .. scenario.Outline.Select(stage =>
                        (IReadOnlyList<string>)
                            ["  " + stage.Name, stage.Summary + (stage.Available ? "" : " (does not exist yet)")]
                    ),
                ]
            );
            if (scenario.Outline.Any(stage => !stage.Available))
            {
                environment.Output.WriteLine(
                    $"  stops after {scenario.Outline.Last(stage => stage.Available).Name} until the others exist"
                );
            }
        }
    }

    private static void Attacks(LabEnvironment environment, bool asJson)
    {
        var attacks = environment.Wiring.Value.Attacks;
        if (asJson)
        {
            JsonOutput.Write(
                environment.Output,
                json =>
                {
                    JsonOutput.WriteArray(json, "attacks", attacks, WriteAttack);
                    JsonOutput.WriteArray(json, "undetectable", ScenarioCatalog.Undetectable, WriteUndetectable);
                }
            );
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                ["ATTACK", "SCENARIO", "REFUSED BY", "WITH", "WHAT IS TAMPERED WITH"],
                .. attacks.Select(attack =>
                    (IReadOnlyList<string>)
                        [attack.Name, attack.Scenario, attack.RefusingStage, attack.RefusalCode, attack.Summary]
                ),
            ]
        );
        environment.Output.WriteLine();
        environment.Output.WriteLine("What no verifier can notice:");
        foreach (var one in ScenarioCatalog.Undetectable)
        {
            environment.Output.WriteLine($"  {one.Name}: {one.Summary}");
            environment.Output.WriteLine($"    risk: {one.Risk}");
            environment.Output.WriteLine($"    narrowed by: {one.Mitigation}");
        }
    }

    private static void WriteAttack(Utf8JsonWriter json, IAttack attack)
    {
        json.WriteString("name", attack.Name);
        json.WriteString("scenario", attack.Scenario);
        json.WriteString("summary", attack.Summary);
        json.WriteString("class", attack.Class);
        json.WriteString("refusingStage", attack.RefusingStage);
        json.WriteString("refusalCode", attack.RefusalCode);
    }

    private static void WriteUndetectable(Utf8JsonWriter json, UndetectableAttack attack)
    {
        json.WriteString("name", attack.Name);
        json.WriteString("summary", attack.Summary);
        json.WriteString("class", attack.Class);
        json.WriteString("risk", attack.Risk);
        json.WriteString("mitigation", attack.Mitigation);
        json.WriteString("shownBy", attack.ShownBy);
    }

    private static void Rigs(LabEnvironment environment, bool asJson)
    {
        var rigs = RigFiles
            .All(environment)
            .Select(file => (File: file, Rig: TryRead(file, out var error), Error: error))
            .ToList();
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "rigs",
                rigs,
                (json, item) =>
                {
                    json.WriteString("name", item.Rig?.Name ?? Path.GetFileNameWithoutExtension(item.File));
                    json.WriteString("file", item.File);
                    if (item.Error is not null)
                    {
                        json.WriteString("error", item.Error);
                    }

                    JsonOutput.WriteArray(
                        json,
                        "boards",
                        item.Rig?.Boards ?? [],
                        (inner, board) => inner.WriteString("name", board.Name)
                    );
                }
            );
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                ["RIG", "FILE", "BOARDS"],
                .. rigs.Select(item =>
                    (IReadOnlyList<string>)
                        [
                            item.Rig?.Name ?? Path.GetFileNameWithoutExtension(item.File),
                            item.File,
                            item.Error is null
                                ? string.Join(", ", item.Rig!.Boards.Select(board => board.Name))
                                : "cannot be used: " + TerminalText.OneLine(item.Error),
                        ]
                ),
            ]
        );
    }

    private static Command Boards(LabEnvironment environment)
    {
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var command = new Command("boards", "The boards of a rig.") { rig, json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                await Housekeeping.SweepAsync(environment, cancellationToken);
                Boards(environment, RigFiles.Read(environment, parsed.GetValue(rig)), parsed.GetValue(json));
            }
        );
        return command;
    }

    private static Command Runs(LabEnvironment environment)
    {
        var json = CommonOptions.Json();
        var command = new Command("runs", "The runs that were not given a folder of their own, the newest first.") { json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                await Housekeeping.SweepAsync(environment, cancellationToken);
                Runs(environment, parsed.GetValue(json));
            }
        );
        return command;
    }

    private static void Boards(LabEnvironment environment, Rig rig, bool asJson)
    {
        var training = new TrainingRecords(environment.Folders, rig.Name);
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "boards",
                rig.Boards,
                (json, board) =>
                {
                    json.WriteString("name", board.Name);
                    json.WriteString("rig", rig.Name);
                    json.WriteString("driver", board.Driver);
                    if (board.Wiring is null)
                    {
                        json.WriteNumber("memoryBytes", board.Memory);
                        json.WriteNumber("cpus", board.Cpus);
                    }

                    json.WriteBoolean("tpm", board.HasTpm);
                    json.WriteString("training", training.Describe(board));
                }
            );
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                ["BOARD", "DRIVER", "MEMORY", "CPUS", "TPM", "TRAINING"],
                .. rig.Boards.Select(board =>
                    (IReadOnlyList<string>)
                        [
                            board.Name,
                            board.Driver,
                            board.Wiring is null ? $"{board.Memory >> 20} MiB" : "-",
                            board.Wiring is null ? $"{board.Cpus}" : "-",
                            board.HasTpm ? "yes" : "no",
                            training.Describe(board),
                        ]
                ),
            ]
        );
    }

    private static void Runs(LabEnvironment environment, bool asJson)
    {
        var runs = environment.Runs.List();
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "runs",
                runs,
                (json, run) =>
                {
                    json.WriteString("name", run.Id);
                    json.WriteString("scenario", run.Scenario);
                    if (run.Attack is not null)
                    {
                        json.WriteString("attack", run.Attack);
                    }

                    json.WriteString("rig", run.Rig);
                    json.WriteString("board", run.Board);
                    json.WriteString("verdict", run.Verdict.Word());
                    json.WriteString("startedAt", run.StartedAt);
                    json.WriteNumber("durationMs", (long)run.Duration.TotalMilliseconds);
                }
            );
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                ["RUN", "SCENARIO", "ATTACK", "BOARD", "VERDICT", "STARTED", "TOOK"],
                .. runs.Select(run =>
                    (IReadOnlyList<string>)
                        [
                            run.Id,
                            run.Scenario,
                            run.Attack ?? "-",
                            run.Board,
                            run.Verdict.Word(),
                            $"{run.StartedAt:yyyy-MM-dd HH:mm:ss}",
                            TerminalText.Time(run.Duration),
                        ]
                ),
            ]
        );
    }

    private static Rig? TryRead(string file, out string? error)
    {
        try
        {
            error = null;
            return RigReader.Read(file);
        }
        catch (RigException exception)
        {
            error = exception.Message;
            return null;
        }
    }
}
