using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;

namespace Lab.Benchmarks;

/// <summary>A boot by the lab: the scenario itself, with its recorder and the recording of the console, as in a run.</summary>
internal static class LabBoot
{
    /// <summary>Boots until the node is attested, and cuts the power. Times count from before the lab gives power.</summary>
    public static async Task<Dictionary<Moment, TimeSpan>> RunAsync(
        RunSetup setup,
        PreparedRun prepared,
        CancellationToken cancellationToken
    )
    {
        var recorder = new RunRecorder(setup.Folder, setup.Board.Name, new RunEventStream(), setup.Time);
        var context = new RunContext(prepared.Board, prepared.Services, recorder, prepared.Deadlines, setup.Time);
        var console = prepared.Board.Require<IConsole>();
        await using var recording = new ConsoleRecording(console, setup.Folder, setup.Board.Name);
        var first = FirstByteAsync(console, console.Position, cancellationToken);
        foreach (var stage in setup.Request.Scenario.Plan(context))
        {
            recorder.BeginStage(stage.Name);
            await stage.RunAsync(cancellationToken);
        }

        await prepared.Board.Require<IPower>().CutAsync(cancellationToken);
        var phases = recorder.Phases.ToDictionary(phase => phase.Name, phase => phase.At, StringComparer.Ordinal);
        return new Dictionary<Moment, TimeSpan>
        {
            [Moment.FirstByte] = await first - recorder.PowerOn!.Value,
            [Moment.Firmware] = phases["firmware"],
            [Moment.LinuxBoot] = phases["linuxboot"],
            [Moment.Target] = phases["target"],
            [Moment.Attestation] = phases["attested"],
        };
    }

    private static async Task<DateTimeOffset> FirstByteAsync(IConsole console, long from, CancellationToken cancellationToken)
    {
        await foreach (var chunk in console.ReadAsync(from, cancellationToken))
        {
            return chunk.ReceivedAt;
        }

        throw new ConsoleClosedException("the board said nothing", console.Name, []);
    }
}
