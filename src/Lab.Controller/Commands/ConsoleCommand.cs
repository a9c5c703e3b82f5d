using System.CommandLine;
using Lab.Controller.Consoles;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Hardware.Consoles;
using Lab.Host.Machine;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab console</c>: a real board's console, for a person or for a pipe.</summary>
internal static class ConsoleCommand
{
    private const int LinesFirst = 20;

    public static Command Create(LabEnvironment environment)
    {
        var board = BoardArgument.Create();
        var rig = CommonOptions.Rig();
        var name = new Option<string?>("--name") { Description = "Which console; the board's first one where none is named." };
        var history = new Option<int?>("--history")
        {
            Description = $"How many lines of what the board said before to show; {LinesFirst} on a terminal, else none.",
            HelpName = "LINES",
        };
        var until = new Option<string?>("--until")
        {
            Description = "End when the board has said this; exit code 1 where it does not come in time.",
            HelpName = "TEXT",
        };
        var timeout = new Option<double?>("--timeout") { Description = "End after so many seconds.", HelpName = "SECONDS" };
        var command = new Command("console", "Read and type at a real board's console. Ctrl-] q ends it.")
        {
            board,
            rig,
            name,
            history,
            until,
            timeout,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var wired = RigFiles.Read(environment, parsed.GetValue(rig));
                var found = wired.FindBoard(parsed.GetRequiredValue(board));
                var settings = FindConsole(BoardArgument.DemandWiring(wired, found), found, parsed.GetValue(name));
                BoardArgument.Leases(environment, wired).Demand(found.Name);
                var kept = ConsoleKeeping.PathOf(environment.Folders.Board(wired.Name, found.Name), settings.Options.Name);
                var isPiped = !environment.IsInputTerminal || parsed.GetValue(until) is not null;
                // Before the console is opened: what comes then is shown as it comes.
                var before = ConsoleHistoryFile.ReadEnd(
                    kept,
                    Math.Clamp(parsed.GetValue(history) ?? (isPiped ? 0 : LinesFirst), 0, 100_000)
                );
                await using var opened = await new WiredBoards(environment.Folders, environment.Time).OpenConsoleAsync(
                    wired.Name,
                    found,
                    settings,
                    cancellationToken
                );
                var session = new ConsoleSession(
                    opened,
                    opened.Require<IConsole>(),
                    environment.Input.Value,
                    environment.RawOutput.Value,
                    lines => ConsoleHistoryFile.ReadEnd(kept, lines)
                );
                await environment.RawOutput.Value.WriteAsync(before, cancellationToken);
                if (isPiped)
                {
                    return await RunPipedAsync(
                        environment,
                        session,
                        parsed.GetValue(until),
                        Seconds(parsed.GetValue(timeout)),
                        cancellationToken
                    );
                }

                using var raw = RawTerminal.TryEnter();
                await session.RunInteractiveAsync(cancellationToken);
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static async Task<int> RunPipedAsync(
        LabEnvironment environment,
        ConsoleSession session,
        string? until,
        TimeSpan? atMost,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await session.RunPipedAsync(
                until is { Length: > 0 } ? ConsolePattern.Literal(until) : null,
                atMost,
                cancellationToken
            );
            return ExitCodes.Pass;
        }
        catch (ConsoleTimeoutException exception)
        {
            await environment.Error.WriteLineAsync($"hwlab: {exception.What}");
            return ExitCodes.BoardFailed;
        }
    }

    private static ConsoleSettings FindConsole(RigWiring wiring, RigBoard board, string? name) =>
        wiring.Consoles.Count == 0
            ? throw new RigException(
                $"board '{board.Name}' has no console",
                $"{board.At}",
                "give it a 'console:' section: docs/drivers.md"
            )
        : name is null ? wiring.Consoles[0]
        : wiring.Consoles.FirstOrDefault(console => console.Options.Name == name)
            ?? throw new RigException(
                $"board '{board.Name}' has no console '{name}'",
                "--name",
                $"it has: {string.Join(", ", wiring.Consoles.Select(console => console.Options.Name))}"
            );

    private static TimeSpan? Seconds(double? seconds) =>
        seconds is null ? null
        : seconds is > 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds.Value)
        : throw new RigException($"{seconds} is no time to wait", "--timeout", "seconds, more than 0 and at most 86400");
}
