using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Model.Scenarios;
using Serilog.Core;

namespace Lab.EndToEnd.Tests;

/// <summary>A run by the controller's own engine and wiring, inside the test: for stages that no command offers.</summary>
internal static class LabInProcess
{
    /// <summary>Runs a scenario on board virt-2.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="folder">Where the run's files go.</param>
    /// <param name="adjust">Changes the rig's board first, or null.</param>
    /// <param name="adjustRig">Changes the rig first, or null.</param>
    /// <param name="deadlines">Other deadlines than the measured host's, or null.</param>
    public static async Task<RunOutcome> RunAsync(
        IScenario scenario,
        string folder,
        Func<RigBoard, RigBoard>? adjust = null,
        Deadlines? deadlines = null,
        Func<Rig, Rig>? adjustRig = null
    )
    {
        var rig = RigReader.Read(Path.Combine(HwLabProgram.Root, "rigs", "qemu-virt.yaml"));
        rig = adjustRig?.Invoke(rig) ?? rig;
        var board = rig.FindBoard("virt-2");
        using var run = RunFolder.Create(folder);
        ILabWiring wiring = new LabWiring(LabFolders.FromEnvironment());
        var engine = new RunEngine(
            deadlines is null ? wiring : new HurriedWiring(wiring, deadlines),
            run,
            new RunEventStream(),
            Logger.None,
            TimeProvider.System
        );
        return await engine.RunAsync(
            RunId.Create(TimeProvider.System.GetUtcNow()),
            new RunRequest(rig, adjust?.Invoke(board) ?? board, scenario),
            CancellationToken.None
        );
    }

    /// <summary>The lab with deadlines for a test that waits for one to pass.</summary>
    private sealed class HurriedWiring(ILabWiring lab, Deadlines deadlines) : ILabWiring
    {
        public IReadOnlyList<IScenario> Scenarios => lab.Scenarios;

        public IReadOnlyList<IAttack> Attacks => lab.Attacks;

        public async Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken)
        {
            var run = await lab.PrepareAsync(setup, cancellationToken);
            return new PreparedRun(run.Board, run.Services, deadlines, run.Facts, run.DisposeAsync);
        }
    }
}
