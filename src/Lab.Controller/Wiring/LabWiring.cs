using Lab.Controller.Leases;
using Lab.Controller.Rigs;
using Lab.Emulation.Qemu;
using Lab.Emulation.Tpm;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios;
using Lab.Services;
using Lab.Services.Registry;

namespace Lab.Controller.Wiring;

/// <summary>The lab as it is built: which scenarios there are, and how a rig's boards and services are made from the wings of the house.</summary>
/// <param name="folders">Where the lab writes.</param>
internal sealed class LabWiring(LabFolders folders) : ILabWiring
{
    // Deadlines say that something hangs; they are no measure of speed.
    private const double Headroom = 3;

    public IReadOnlyList<IScenario> Scenarios { get; } = ScenarioCatalog.CreateScenarios();

    public IReadOnlyList<IAttack> Attacks { get; } = ScenarioCatalog.CreateAttacks();

    public async Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken)
    {
        foreach (var removed in await Leftovers.SweepAsync(folders, cancellationToken))
        {
            setup.Log.Information("Left by a run that was killed: {Removed}", removed);
        }

        var held = new HeldParts();
        try
        {
            return await PrepareAsync(setup, held, cancellationToken);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    private async Task<PreparedRun> PrepareAsync(RunSetup setup, HeldParts held, CancellationToken cancellationToken)
    {
        var leases = new BoardLeases(folders, setup.Rig.Name, setup.Time);
        foreach (var board in setup.Boards)
        {
            held.Hold(await leases.UseAsync(board.Name, $"run of {setup.Request.Scenario.Name}", cancellationToken));
        }

        var owner = held.Hold(ProcessOwner.Open(folders, setup.Time));
        // The segment's probe and the artifacts have nothing to do with each other.
        var connecting = RigNetwork.ConnectAsync(setup.Rig, folders, owner, cancellationToken);
        var choosing = AcceleratorProbe.ChooseAsync(folders, owner, setup.Time, cancellationToken);
        var parts = setup.Request.NeedsCluster ? await ClusterParts.PrepareAsync(setup, folders, owner, cancellationToken) : null;
        var artifacts = await RunArtifacts.PrepareAsync(
            LabInstallation.FromEnvironment(folders),
            setup,
            parts?.NodePrograms,
            cancellationToken
        );
        var network = held.Hold(await connecting);
        var accelerator = await choosing;
        // Last, when nothing of ours runs beside it any more.
        var speed = await HostSpeed.MeasureAsync(setup.Time);
        var deadlines = new Deadlines(Headroom * speed.Scale);
        ClusterWing? cluster = parts is null
            ? null
            : held.Hold(
                await ClusterWing.StartAsync(
                    setup,
                    parts.Binaries,
                    network,
                    folders,
                    owner,
                    Math.Max(1, speed.Scale),
                    deadlines,
                    cancellationToken
                )
            );
        GitWing? git =
            cluster is null || !setup.Rig.Services.Git
                ? null
                : held.Hold(await GitWing.StartAsync(setup, cluster, parts!, folders, owner, cancellationToken));
        var makers = new BoardMakers(folders, owner, setup, artifacts, network, accelerator);
        var services = held.Hold(
            await RunServices.StartAsync(
                Options(setup, owner, artifacts, network, await makers.ReadAuthoritiesAsync(cancellationToken)) with
                {
                    Secret = cluster?.Secret,
                    Images = parts?.Images ?? [],
                },
                cancellationToken
            )
        );
        var boards = new List<Board>();
        foreach (var board in setup.Boards)
        {
            boards.Add(held.Hold(await makers.OpenAsync(board, services, cancellationToken)));
        }

        foreach (var board in boards.Where(board => board.Has(typeof(ITpm))))
        {
            services.ExpectTpm(board.Name, board.Require<ITpm>().EndorsementKeyCertificate);
        }

        return new PreparedRun(
            boards[0],
            new ServiceSet([
                .. services.All,
                .. cluster?.All ?? [],
                .. git?.All ?? [],
                new SpareTpm(setup.Rig.Name, folders, owner, setup.Time),
            ]),
            deadlines,
            Merge(artifacts.Facts, network.Facts, Facts(accelerator, speed), cluster?.Facts),
            held.DisposeAsync
        )
        {
            Others = boards[1..],
            ServicesFailed = LabFailures.FirstOf(
                new[] { services.Failed, cluster?.Failed, git?.Failed, network.Segment?.Failed }
                    .OfType<Task<LabException?>>()
                    .ToList()
            ),
        };
    }

    private static Dictionary<string, string> Merge(params IEnumerable<IReadOnlyDictionary<string, string>?> facts) =>
        facts
            .SelectMany(some => some ?? new Dictionary<string, string>(StringComparer.Ordinal))
            .ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, string> Facts(Accelerator accelerator, HostSpeed speed) =>
        new(StringComparer.Ordinal)
        {
            ["accelerator"] = accelerator.Name,
            ["accelerator-reason"] = accelerator.Reason,
            ["host-slowness"] = $"{speed.Scale:0.0}",
        };

    private RunServicesOptions Options(
        RunSetup setup,
        ProcessOwner owner,
        RunArtifacts artifacts,
        RigNetwork network,
        IReadOnlyList<ReadOnlyMemory<byte>> authorities
    ) =>
        new()
        {
            RigState = folders.Rig(setup.Rig.Name),
            RunFolder = setup.Folder.Root,
            Folders = folders,
            Owner = owner,
            Time = setup.Time,
            Segment = network.Segment,
            Boards = setup.Boards.ToDictionary(
                board => BoardMakers.MacOf(setup.Rig, board),
                board => board.Name,
                StringComparer.Ordinal
            ),
            BootFiles = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [RunArtifacts.BootFile] = artifacts.LinuxBoot.Uki.Path,
            },
            BootFolders = setup
                .Boards.Select(board => board.Wiring?.Files)
                .OfType<RigFirmwareFiles>()
                .ToDictionary(files => files.Prefix, files => files.Folder, StringComparer.Ordinal),
            BootFile = RunArtifacts.BootFile,
            Tuf = artifacts.Tuf,
            Os = new OsArtifact(
                setup.Rig.Target,
                artifacts.Target.Kernel.Path,
                artifacts.Target.Initrd.Path,
                artifacts.Target.ReadCommandLine()
            )
            {
                KernelDigest = artifacts.Target.Kernel.Digest,
                InitrdDigest = artifacts.Target.Initrd.Digest,
                RootPath = artifacts.Target.Root?.Path,
                RootDigest = artifacts.Target.Root?.Digest,
            },
            Reference = artifacts.Reference(setup.Rig),
            EndorsementAuthorities = authorities,
            PcrMeanings = RunArtifacts.PcrMeanings,
        };
}
