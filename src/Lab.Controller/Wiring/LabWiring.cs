using Lab.Controller.Rigs;
using Lab.Emulation.Images;
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
    private const string VirtualDriver = "qemu-virt";

    // Deadlines say that something hangs; they are no measure of speed.
    private const double Headroom = 3;

    public IReadOnlyList<IScenario> Scenarios { get; } = ScenarioCatalog.CreateScenarios();

    public IReadOnlyList<IAttack> Attacks { get; } = ScenarioCatalog.CreateAttacks();

    public async Task<PreparedRun> PrepareAsync(RunSetup setup, CancellationToken cancellationToken)
    {
        if (setup.Boards.FirstOrDefault(board => board.Driver != VirtualDriver) is { } strange)
        {
            throw new RigException($"there is no driver '{strange.Driver}'", $"{strange.At}", $"one of: {VirtualDriver}");
        }

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
        var owner = held.Hold(ProcessOwner.Open(folders, setup.Time));
        // The segment's probe and the artifacts have nothing to do with each other.
        var connecting = RigNetwork.ConnectAsync(setup.Rig, owner, cancellationToken);
        var choosing = AcceleratorProbe.ChooseAsync(folders, owner, setup.Time, cancellationToken);
        var parts = setup.Request.NeedsCluster ? await ClusterParts.PrepareAsync(setup, folders, owner, cancellationToken) : null;
        var artifacts = await RunArtifacts.PrepareAsync(
            LabInstallation.FromEnvironment(folders),
            setup,
            parts?.NodeProgram,
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
        var authority = await EndorsementAuthority.OpenAsync(
            folders.Rig(setup.Rig.Name),
            setup.Rig.Name,
            setup.Time,
            cancellationToken
        );
        var services = held.Hold(
            await RunServices.StartAsync(
                Options(setup, owner, artifacts, network, authority.Certificate) with
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
            boards.Add(
                held.Hold(await OpenBoardAsync(setup, board, owner, artifacts, network, services, accelerator, cancellationToken))
            );
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

    private static string MacOf(RunSetup setup, RigBoard board) => board.MacAddress ?? MacAddress.For(setup.Rig.Name, board.Name);

    private RunServicesOptions Options(
        RunSetup setup,
        ProcessOwner owner,
        RunArtifacts artifacts,
        RigNetwork network,
        ReadOnlyMemory<byte> authority
    ) =>
        new()
        {
            RigState = folders.Rig(setup.Rig.Name),
            RunFolder = setup.Folder.Root,
            Folders = folders,
            Owner = owner,
            Time = setup.Time,
            Segment = network.Segment,
            Boards = setup.Boards.ToDictionary(board => MacOf(setup, board), board => board.Name, StringComparer.Ordinal),
            BootFiles = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [RunArtifacts.BootFile] = artifacts.LinuxBoot.Uki.Path,
            },
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
            EndorsementAuthorities = [authority],
            PcrMeanings = RunArtifacts.PcrMeanings,
        };

    private Task<Board> OpenBoardAsync(
        RunSetup setup,
        RigBoard board,
        ProcessOwner owner,
        RunArtifacts artifacts,
        RigNetwork network,
        RunServices services,
        Accelerator accelerator,
        CancellationToken cancellationToken
    ) =>
        VirtualBoard.OpenAsync(
            new VirtualBoardSettings
            {
                Rig = setup.Rig.Name,
                Board = board.Name,
                MacAddress = MacOf(setup, board),
                HasTpm = board.HasTpm,
                FirmwarePath = artifacts.FirmwarePath,
                Boot = new BootConfiguration(RunArtifacts.BootFile),
                Network = network.ForBoard(services.FilesFolder, services.BoardOrigin),
                FirmwareEnvironment = new NetbootEnvironment(),
                Accelerator = accelerator,
                MemoryMebibytes = (int)(board.Memory >> 20),
                Processors = board.Cpus,
                Clock = board.Clock,
            },
            folders,
            owner,
            setup.Time,
            cancellationToken
        );

    /// <summary>Writes U-Boot's variables for a netboot.</summary>
    private sealed class NetbootEnvironment : IFirmwareEnvironment
    {
        public Task WriteAsync(
            string path,
            BootConfiguration configuration,
            string macAddress,
            CancellationToken cancellationToken
        ) => ImageBuilder.WriteEnvironmentAsync(path, macAddress, configuration.BootArguments, cancellationToken);
    }
}
