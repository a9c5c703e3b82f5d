using Lab.Controller.Commands;
using Lab.Controller.Rigs;
using Lab.Controller.Runs;
using Lab.Controller.Wiring;
using Lab.Emulation.Qemu;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Scenarios.Cluster;
using Lab.Scenarios.EdgeNode;
using Lab.Services.Cluster;
using Serilog.Core;

namespace Lab.Benchmarks;

/// <summary>
/// Takes a board through the whole chain by the lab, and a node of the same image into a like cluster by a plain script, in turns.
/// </summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="runs">How often each.</param>
internal sealed class ChainBenchmark(LabFolders folders, int runs)
{
    // Says that something hangs; the reference machine needs some 40 s.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Comparison _joined = new("attested (script: userspace) → kubeadm join done", "1.15 ×");
    private readonly Comparison _ready = new("attested (script: userspace) → node Ready", "1.15 ×");
    private readonly Comparison _whole = new("power-on → node Ready", "");
    private readonly Comparison _running = new("Ready → workload running (script: from kubectl apply)", "");
    private readonly Comparison _rolled = new("push (script: kubectl apply) → new pod ready", "10 s");

    /// <summary>Measures everything, and writes the table.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var work = folders.CreateSocketFolder();
        try
        {
            for (var run = 0; run < runs; run++)
            {
                await MeasureAsync(Path.Combine(work, $"{run}"), cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        Comparison[] all = [_whole, _joined, _ready, _running, _rolled];
        TextTable.Write(
            output,
            [
                ["phase", "lab", "script", "ratio", "min–max", "pairs", "aim"],
                .. all.Select(comparison => comparison.Row()),
            ]
        );
    }

    private async Task MeasureAsync(string work, CancellationToken cancellationToken)
    {
        var byLab = await RunLabAsync(Path.Combine(work, "lab"), cancellationToken);
        var byScript = await RunScriptAsync(Path.Combine(work, "script"), cancellationToken);
        _whole.Add(byLab["node ready"], byScript.Ready);
        _joined.Add(byLab["joined"] - byLab["attested"], byScript.Joined - byScript.Started);
        _ready.Add(byLab["node ready"] - byLab["attested"], byScript.Ready - byScript.Started);
        _running.Add(byLab["workload running"] - byLab["node ready"], byScript.Running);
        _rolled.Add(byLab["workload rolled"] - byLab["commit pushed"], byScript.Rolled);
    }

    private async Task<IReadOnlyDictionary<string, TimeSpan>> RunLabAsync(string work, CancellationToken cancellationToken)
    {
        using var folder = RunFolder.Create(work);
        var setup = Setup(folder);
        await using var prepared = await new LabWiring(folders).PrepareAsync(setup, cancellationToken);
        return await LabChain.RunAsync(setup, prepared, cancellationToken);
    }

    private async Task<ScriptTimes> RunScriptAsync(string work, CancellationToken cancellationToken)
    {
        using var folder = RunFolder.Create(work);
        var setup = Setup(folder);
        await using var owner = ProcessOwner.Open(folders, _time);
        var parts = await ClusterParts.PrepareAsync(setup, folders, owner, cancellationToken);
        var artifacts = await RunArtifacts.PrepareAsync(
            LabInstallation.FromEnvironment(folders),
            setup,
            parts.NodeProgram,
            cancellationToken
        );
        await using var cluster = await RunCluster.StartAsync(
            new ClusterOptions
            {
                Binaries = parts.Binaries,
                RunFolder = folder.Root,
                Folders = folders,
                Owner = owner,
                Time = _time,
            },
            cancellationToken
        );
        await cluster.WaitUntilJoinableAsync(Deadline, cancellationToken);
        var bare = new BareCluster(cluster, ((KubernetesBinaries)parts.Binaries).Kubectl);
        await bare.OpenAsync(cancellationToken);
        await using var registry = await BareRegistry.StartAsync(parts.Images, folder.Root, _time, cancellationToken);
        var accelerator = await AcceleratorProbe.ChooseAsync(folders, owner, _time, cancellationToken);
        var machine = new BareMachine(accelerator, (int)(setup.Board.Memory >> 20), setup.Board.Cpus);
        await using var node = new BareNode(artifacts.Target, machine, folder.Root);
        await node.PrepareAsync(Settings(cluster, registry), cancellationToken);
        return await MeasureScriptAsync(node, bare, folder.Root, cancellationToken);
    }

    private async Task<ScriptTimes> MeasureScriptAsync(
        BareNode node,
        BareCluster cluster,
        string work,
        CancellationToken cancellationToken
    )
    {
        var powerOn = _time.GetTimestamp();
        var ready = cluster.WaitForNodeAsync(Deadline, cancellationToken);
        var (started, joined) = await node.JoinAsync(_time, cancellationToken);
        await ready;
        var readyAt = _time.GetElapsedTime(powerOn);
        var fleet = CopyFleet(work);
        var running = await TimeAsync(() => cluster.RollAsync(fleet, "1", Deadline, cancellationToken));
        var deployment = Path.Combine(fleet, FleetFiles.Deployment);
        var text = await File.ReadAllTextAsync(deployment, cancellationToken);
        await File.WriteAllTextAsync(
            deployment,
            text.Replace(
                $"{FleetFiles.RevisionAnnotation}: \"1\"",
                $"{FleetFiles.RevisionAnnotation}: \"2\"",
                StringComparison.Ordinal
            ),
            cancellationToken
        );
        var rolled = await TimeAsync(() => cluster.RollAsync(fleet, "2", Deadline, cancellationToken));
        return new ScriptTimes(started, joined, readyAt, running, rolled);
    }

    private async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        var start = _time.GetTimestamp();
        await act();
        return _time.GetElapsedTime(start);
    }

    private RunSetup Setup(RunFolder folder)
    {
        var rig = RigReader.Read(Path.Combine(AppContext.BaseDirectory, "benchmark.yaml"));
        var request = new RunRequest(rig, rig.FindBoard(null), new EdgeNodeScenario());
        return new RunSetup(request, folder, _ => { }, Logger.None, _time);
    }

    private static Dictionary<string, string> Settings(RunCluster cluster, BareRegistry registry) =>
        new(StringComparer.Ordinal)
        {
            ["NODE"] = BareNode.Name,
            ["API"] = cluster.BoardEndpoint.Authority,
            ["TOKEN"] = BareCluster.Token,
            ["CA"] = cluster.CaCertHash,
            ["REGISTRY"] = registry.Origin,
        };

    private string CopyFleet(string work)
    {
        var from = Path.Combine(LabInstallation.FromEnvironment(folders).Repository, "rigs", "fleet");
        var to = Path.Combine(work, "fleet");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }

    /// <summary>What the script took: the first three from power-on, the others by themselves.</summary>
    private sealed record ScriptTimes(TimeSpan Started, TimeSpan Joined, TimeSpan Ready, TimeSpan Running, TimeSpan Rolled);
}
