using Lab.Controller.Live;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Serilog;
using Serilog.Formatting.Compact;
using Spectre.Console;

namespace Lab.Controller.Commands;

/// <summary><c>hwlab run attacks</c>: every attack there is, and the matrix of what refused it.</summary>
internal static class RunAttacksCommand
{
    /// <summary>Stages the attacks over the given boards.</summary>
    public static async Task<int> RunAsync(
        LabEnvironment environment,
        Rig rig,
        IReadOnlyList<RigBoard> boards,
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
        var wiring = environment.Wiring.Value;
        var events = new RunEventStream();
        var matrix = new AttackMatrix(wiring, folder, events, log, environment.Time);
        var view = View(environment, folder, [.. wiring.Attacks.Select(attack => attack.Name)], json);
        var showing = view.ShowAsync(events.ReadAsync(CancellationToken.None), CancellationToken.None);
        var logging = RunCommand.LogAsync(events.ReadAsync(CancellationToken.None), log);
        try
        {
            return (await matrix.RunAsync(id, rig, boards, wiring.Attacks, cancellationToken)).ExitCode;
        }
        finally
        {
            // Whoever reads our output may have gone away (a closed pipe); the verdict stands all the same.
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await logging;
        }
    }

    private static IRunView View(LabEnvironment environment, RunFolder folder, IReadOnlyList<string> planned, bool json) =>
        json ? new JsonView(environment.Output, folder.Root)
        : environment.IsTerminal ? new TerminalView(AnsiConsole.Console, folder, planned, _ => [], environment.Time)
        : new PlainView(environment.Output, folder);
}
