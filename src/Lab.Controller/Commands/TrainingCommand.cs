using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Training;
using Lab.Model.Errors;
using Lab.Model.Runs;
using Lab.Scenarios.Training;

namespace Lab.Controller.Commands;

/// <summary>The training that <c>hwlab doctor --exercise</c> gives a rig's real boards, one after the other.</summary>
internal static class TrainingCommand
{
    /// <summary>As often as labs with many boards do it before they trust one.</summary>
    public const int DefaultCycles = 20;

    private const int MostCycles = 1000;

    /// <summary>Trains the boards and keeps their grades. A board whose training a fault of the lab's ended keeps the grade it had.</summary>
    /// <exception cref="RigException">The number is none, or the rig has no real board of that name.</exception>
    public static async Task RunAsync(
        LabEnvironment environment,
        Rig rig,
        string? name,
        int cycles,
        CancellationToken cancellationToken
    )
    {
        if (cycles is < 1 or > MostCycles)
        {
            throw new RigException($"{cycles} power cycles make no training", "--exercise", $"from 1 to {MostCycles}");
        }

        var boards = name is null ? rig.Boards.Where(board => board.Wiring is not null).ToList() : [rig.FindBoard(name)];
        if (boards.Count == 0 || boards[0].Wiring is null)
        {
            throw new RigException(
                "virtual boards are not trained: each run makes them anew",
                rig.File,
                "name a rig with real boards by --rig FILE"
            );
        }

        foreach (var board in boards)
        {
            await TrainAsync(environment, rig, board, cycles, cancellationToken);
        }
    }

    private static async Task TrainAsync(
        LabEnvironment environment,
        Rig rig,
        RigBoard board,
        int cycles,
        CancellationToken cancellationToken
    )
    {
        var scenario = new TrainingScenario(cycles);
        // Standard output is for what the doctor finds.
        var outcome = await RunCommand.RunAsync(
            environment with
            {
                Output = environment.Error,
                IsTerminal = false,
            },
            new RunRequest(rig, board, scenario),
            output: null,
            json: false,
            cancellationToken
        );
        cancellationToken.ThrowIfCancellationRequested();
        if (outcome.Record.Verdict is Verdict.Pass or Verdict.Fail)
        {
            new TrainingRecords(environment.Folders, rig.Name).Keep(
                TrainingRecord.Of(board.Name, scenario.Cycles, outcome.Record.Id, environment.Time.GetUtcNow())
            );
        }
    }
}
