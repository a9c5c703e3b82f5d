using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lab.Controller.Leases;
using Lab.Controller.Runs;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab lease …</c>: the exclusive right to a board for a time.</summary>
internal static class LeaseCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static Command Create(LabEnvironment environment) =>
        new("lease", "Take the exclusive right to a board for a time, and give it back.")
        {
            Take(environment),
            Release(environment),
            List(environment),
        };

    private static Command Take(LabEnvironment environment)
    {
        var board = BoardArgument.Create();
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var duration = new Option<string>("--for")
        {
            Description = "How long at most, such as 30m or 2h.",
            HelpName = "TIME",
            DefaultValueFactory = _ => "1h",
        };
        var owner = new Option<int?>("--owner")
        {
            Description = "The process that the lease ends with; the shell that hwlab was started from where none is named.",
            HelpName = "PID",
        };
        var command = new Command("take", "Take a board: others' runs and commands are refused until the lease ends.")
        {
            board,
            rig,
            duration,
            owner,
            json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var wired = RigFiles.Read(environment, parsed.GetValue(rig));
                var name = wired.FindBoard(parsed.GetRequiredValue(board)).Name;
                var lease = await new BoardLeases(environment.Folders, wired.Name, environment.Time).TakeAsync(
                    name,
                    OwnerOf(parsed.GetValue(owner)),
                    "taken by hand",
                    ParseDuration(parsed.GetValue(duration)!),
                    cancellationToken
                );
                Tell(
                    environment,
                    lease,
                    parsed.GetValue(json),
                    $"{name}: leased until {lease.ExpiresAt?.ToLocalTime():HH:mm:ss}"
                );
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Command Release(LabEnvironment environment)
    {
        var board = BoardArgument.Create();
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var force = new Option<bool>("--force") { Description = "Also end a lease that somebody else has taken by hand." };
        var command = new Command("release", "Give a board back.") { board, rig, force, json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var wired = RigFiles.Read(environment, parsed.GetValue(rig));
                var name = wired.FindBoard(parsed.GetRequiredValue(board)).Name;
                var leases = new BoardLeases(environment.Folders, wired.Name, environment.Time);
                if (!parsed.GetValue(force))
                {
                    leases.Demand(name);
                }

                var ended = await leases.ReleaseAsync(name, generation: null, cancellationToken);
                Tell(environment, ended, parsed.GetValue(json), ended is null ? $"{name}: was free" : $"{name}: given back");
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static Command List(LabEnvironment environment)
    {
        var rig = CommonOptions.Rig();
        var json = CommonOptions.Json();
        var command = new Command("list", "The leases of a rig's boards.") { rig, json };
        command.SetAction(parsed =>
        {
            var wired = RigFiles.Read(environment, parsed.GetValue(rig));
            var leases = new BoardLeases(environment.Folders, wired.Name, environment.Time);
            var boards = wired.Boards.Select(board => (board.Name, Lease: leases.Find(board.Name))).ToList();
            if (parsed.GetValue(json))
            {
                JsonOutput.WriteList(
                    environment.Output,
                    "leases",
                    boards.Where(item => item.Lease is not null),
                    (writer, item) => Write(writer, item.Lease!)
                );
                return;
            }

            TextTable.Write(
                environment.Output,
                [
                    ["BOARD", "LEASE", "HOLDER", "UNTIL"],
                    .. boards.Select(item =>
                        (IReadOnlyList<string>)
                            [
                                item.Name,
                                item.Lease is { } lease ? $"{lease.Generation}" : "-",
                                item.Lease?.Holder ?? "free",
                                item.Lease is null ? "-" : UntilOf(item.Lease),
                            ]
                    ),
                ]
            );
        });
        return command;
    }

    private static string UntilOf(Lease lease) =>
        lease.ExpiresAt is { } end ? $"{end.ToLocalTime():yyyy-MM-dd HH:mm:ss}" : "its process ends";

    private static void Tell(LabEnvironment environment, Lease? lease, bool asJson, string text)
    {
        if (!asJson)
        {
            environment.Output.WriteLine(text);
            return;
        }

        JsonOutput.WriteList(environment.Output, "leases", lease is null ? [] : new[] { lease }, Write);
    }

    private static void Write(Utf8JsonWriter json, Lease lease)
    {
        json.WriteString("name", lease.Board);
        json.WriteNumber("generation", lease.Generation);
        json.WriteString("user", lease.User);
        json.WriteString("purpose", lease.Purpose);
        json.WriteNumber("process", lease.Owner?.Id ?? 0);
        json.WriteString("takenAt", lease.TakenAt);
        if (lease.ExpiresAt is { } end)
        {
            json.WriteString("expiresAt", end);
        }
    }

    private static ProcessIdentity OwnerOf(int? id) =>
        id is null
            ? ProcessAncestry.Parent
                ?? throw new RigException("the process that started this one is gone", "--owner", "name one with --owner PID")
            : ProcessAncestry.Find(id.Value)
                ?? throw new RigException(
                    $"there is no process {id}",
                    "--owner",
                    "name one that runs: '--owner $$' is this shell"
                );

    internal static TimeSpan ParseDuration(string text)
    {
        var isNumber = int.TryParse(
            text[..^Math.Min(1, text.Length)],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        );
        TimeSpan? duration = (isNumber, text[^Math.Min(1, text.Length)..]) switch
        {
            (true, "s") => TimeSpan.FromSeconds(number),
            (true, "m") => TimeSpan.FromMinutes(number),
            (true, "h") => TimeSpan.FromHours(number),
            _ => null,
        };
        return duration is { } time && time > TimeSpan.Zero && time <= Longest
            ? time
            : throw new RigException($"'{text}' is no time for a lease", "--for", "such as 90s, 30m or 2h; at most 168h");
    }
}
