using Lab.Controller.Commands;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Scenarios.EdgeNode;
using Serilog.Core;

namespace Lab.Benchmarks;

/// <summary>Takes lab and script through the same boots in turns: lab, script, lab, script.</summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="runs">How many boots each.</param>
internal sealed class Benchmark(LabFolders folders, int runs)
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Comparison _wholeRun = new("hwlab run (process) → first console byte", "1.1 ×");
    private readonly Comparison _roundTrip = new("console round trip", "2 ×");
    private readonly Comparison _transfer = new("1 MB through the console", "1.2 ×");
    private readonly Comparison _search = new("1 MB, searched for its last line", "1.2 ×");
    private readonly (Moment Moment, Comparison Comparison)[] _boot =
    [
        (Moment.FirstByte, new("power-on → first console byte", "1.1 ×")),
        (Moment.Firmware, new("power-on → firmware's banner", "1.1 ×")),
        (Moment.LinuxBoot, new("power-on → LinuxBoot userspace", "1.1 ×")),
        (Moment.Target, new("power-on → target userspace", "1.1 ×")),
        (Moment.Attestation, new("power-on → attested (script: denied)", "1.1 ×, 25 s")),
    ];

    /// <summary>Measures everything, and writes the table.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var work = folders.CreateSocketFolder();
        try
        {
            await MeasureBootsAsync(work, cancellationToken);
            var consoles = new ConsoleBenchmark(work, _time);
            await consoles.MeasureRoundTripsAsync(_roundTrip, cancellationToken);
            await consoles.MeasureTransfersAsync(_transfer, _search, cancellationToken);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        Comparison[] all = [_wholeRun, .. _boot.Select(phase => phase.Comparison), _roundTrip, _transfer, _search];
        TextTable.Write(
            output,
            [
                ["phase", "lab", "script", "ratio", "min–max", "pairs", "aim"],
                .. all.Select(comparison => comparison.Row()),
            ]
        );
    }

    private async Task MeasureBootsAsync(string work, CancellationToken cancellationToken)
    {
        var wiring = new LabWiring(folders);
        var rig = RigReader.Read(Path.Combine(AppContext.BaseDirectory, "benchmark.yaml"));
        var request = new RunRequest(rig, rig.FindBoard(null), new EdgeNodeScenario(), StopAfter: "attestation");
        using var folder = RunFolder.Create(Path.Combine(work, "run"));
        var setup = new RunSetup(request, folder, _ => { }, Logger.None, _time);
        var boardFolder = folders.Board(rig.Name, request.Board.Name);
        var whole = new WholeRun(Program(), rig.File, boardFolder, Path.Combine(work, "whole"));
        var bare = new BareBoot(setup, boardFolder, Path.Combine(work, "bare"));

        // Fetches, builds and makes the TPM, so that every boot that counts finds them.
        await (await wiring.PrepareAsync(setup, cancellationToken)).DisposeAsync();
        for (var run = 0; run < runs; run++)
        {
            var wholeRun = await whole.MeasureAsync(_time, cancellationToken);
            await using var prepared = await wiring.PrepareAsync(setup, cancellationToken);
            var byLab = await LabBoot.RunAsync(setup, prepared, cancellationToken);
            var byScript = await bare.RunAsync(prepared, cancellationToken);
            _wholeRun.Add(wholeRun, byScript[Moment.FirstByte]);
            foreach (var (moment, comparison) in _boot)
            {
                comparison.Add(byLab[moment], byScript[moment]);
            }
        }
    }

    private string Program() =>
        Path.Combine(LabInstallation.FromEnvironment(folders).Repository, "src/Lab.Controller/bin/Release/net10.0/hwlab");
}
