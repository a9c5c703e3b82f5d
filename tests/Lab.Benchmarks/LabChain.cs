using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Model.Scenarios;

namespace Lab.Benchmarks;

/// <summary>The whole chain by the lab: the scenario itself, with its recorder and the recording of the console, as in a run.</summary>
internal static class LabChain
{
    /// <summary>Runs all stages. Times count from before the lab gives power.</summary>
    public static async Task<IReadOnlyDictionary<string, TimeSpan>> RunAsync(
        RunSetup setup,
        PreparedRun prepared,
        CancellationToken cancellationToken
    )
    {
        var recorder = new RunRecorder(setup.Folder, setup.Board.Name, new RunEventStream(), setup.Time);
        var context = new RunContext(prepared.Board, prepared.Services, recorder, prepared.Deadlines, setup.Time);
        await using var recording = new ConsoleRecording(
            prepared.Board.Require<Lab.Model.Consoles.IConsole>(),
            setup.Folder,
            setup.Board.Name
        );
        foreach (var stage in setup.Request.Scenario.Plan(context))
        {
            recorder.BeginStage(stage.Name);
            await stage.RunAsync(cancellationToken);
        }

        return recorder.Phases.ToDictionary(phase => phase.Name, phase => phase.At, StringComparer.Ordinal);
    }
}
