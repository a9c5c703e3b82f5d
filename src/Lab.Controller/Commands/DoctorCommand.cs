using System.CommandLine;
using Lab.Controller.Doctor;
using Lab.Controller.Runs;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Services.Cluster.Flavors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab doctor</c>: what is missing on this machine or in a rig, and how to mend it.</summary>
internal static class DoctorCommand
{
    // What an image build leaves in the cache, and what two boards keep, measured and rounded up.
    private const long CacheRoom = 3L << 30;
    private const long StateRoom = 256L << 20;

    public static Command Create(LabEnvironment environment)
    {
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var exercise = new Option<int?>("--exercise")
        {
            Description = $"Train the rig's real boards first: power-cycle each so many times ({TrainingCommand.DefaultCycles}).",
            HelpName = "N",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var board = CommonOptions.Board();
        board.Description = "Train this board only.";
        var command = new Command("doctor", "Say what is missing on this machine or in a rig, and how to mend it.")
        {
            rig,
            exercise,
            board,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                await Housekeeping.SweepAsync(environment, cancellationToken);
                if (parsed.GetResult(exercise) is not null)
                {
                    await TrainingCommand.RunAsync(
                        environment,
                        RigFiles.Read(environment, parsed.GetValue(rig)),
                        parsed.GetValue(board),
                        parsed.GetValue(exercise) ?? TrainingCommand.DefaultCycles,
                        cancellationToken
                    );
                }

                var tools = await Task.WhenAll(
                    HostTools.All.Select(tool => ToolProbe.FindAsync(tool, environment.Time, cancellationToken))
                );
                var items = tools
                    .Select(FindingOf)
                    .Concat(Places(environment))
                    .Append(RigItem(environment, parsed.GetValue(rig)))
                    .Concat(await BoardItemsAsync(environment, parsed.GetValue(rig), cancellationToken))
                    .Concat(await ClusterItemsAsync(environment))
                    .ToList();
                Tell(environment, items, parsed.GetValue(json));
                return items.Any(item => item.Remedy is not null) ? ExitCodes.LabError : ExitCodes.Pass;
            }
        );
        return command;
    }

    private static IEnumerable<Finding> Places(LabEnvironment environment)
    {
        yield return Try(
            "cache folder",
            environment.Folders.Cache,
            () => LabFolders.EnsureRoom(environment.Folders.Cache, CacheRoom)
        );
        yield return Try(
            "state folder",
            environment.Folders.State,
            () => LabFolders.EnsureRoom(environment.Folders.State, StateRoom)
        );
    }

    /// <summary>Which kinds of cluster are ready here, and which were never run where the lab is made.</summary>
    private static async Task<IReadOnlyList<Finding>> ClusterItemsAsync(LabEnvironment environment)
    {
        await using var owner = ProcessOwner.Open(environment.Folders, environment.Time);
        return
        [
            .. ClusterFlavors
                .All(new ClusterChoice(), environment.Folders, owner)
                .Select(flavor => new Finding(
                    $"cluster {flavor.Name}",
                    flavor.NeverRunHere is not null ? "untested"
                        : flavor.FindCached() is null ? "not built yet"
                        : "has",
                    flavor.NeverRunHere ?? "made on first use, and by ./hwlab setup",
                    Remedy: null
                )),
        ];
    }

    private static async Task<IReadOnlyList<Finding>> BoardItemsAsync(
        LabEnvironment environment,
        string? name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var rig = RigFiles.Read(environment, name);
            return await new RigDoctor(environment.Folders, rig, environment.Time).LookAsync(cancellationToken);
        }
        catch (RigException)
        {
            // The rig's own entry says why.
            return [];
        }
    }

    private static Finding RigItem(LabEnvironment environment, string? name) =>
        Try("rig", name ?? RigFiles.Default, () => RigFiles.Read(environment, name).File);

    private static Finding Try(string name, string detail, Func<string> check)
    {
        try
        {
            return new Finding(name, "has", check(), Remedy: null);
        }
        catch (HwLabException exception)
        {
            return new Finding(
                name,
                "unusable",
                exception.Where is null ? $"{detail}: {exception.What}" : $"{exception.Where}: {exception.What}",
                exception.Remedy ?? "mend it"
            );
        }
    }

    private static void Tell(LabEnvironment environment, List<Finding> items, bool asJson)
    {
        if (asJson)
        {
            JsonOutput.WriteList(
                environment.Output,
                "checks",
                items,
                (json, item) =>
                {
                    json.WriteString("name", item.Name);
                    json.WriteString("state", item.State);
                    json.WriteString("detail", item.Detail);
                    json.WriteString("remedy", item.Remedy);
                }
            );
            return;
        }

        TextTable.Write(
            environment.Output,
            [
                .. items.Select(item =>
                    (IReadOnlyList<string>)
                        [
                            item.Remedy is null ? "✓" : "✗",
                            item.Name,
                            item.State,
                            item.Detail + (item.Remedy is null ? "" : $" → {item.Remedy}"),
                        ]
                ),
            ]
        );
    }

    private static Finding FindingOf(ToolFinding finding)
    {
        var state = finding.State switch
        {
            ToolState.Missing => "missing",
            ToolState.TooOld => "too old",
            ToolState.UnknownVersion => "unknown version",
            _ => "has",
        };
        var detail = finding.Path is null ? finding.Tool.Purpose : $"{finding.Version?.ToString() ?? ""} {finding.Path}".Trim();
        return new Finding(finding.Tool.Name, state, detail, finding.Remedy);
    }
}
