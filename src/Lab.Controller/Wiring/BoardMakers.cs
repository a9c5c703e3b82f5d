using Lab.Controller.Rigs;
using Lab.Emulation.Images;
using Lab.Emulation.Qemu;
using Lab.Emulation.Tpm;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Services;

namespace Lab.Controller.Wiring;

/// <summary>Opens a run's boards, virtual and real ones, each by the wing of the house that knows it.</summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="owner">Owns what is started.</param>
/// <param name="setup">The run.</param>
/// <param name="artifacts">What the boards boot.</param>
/// <param name="network">What they are on.</param>
/// <param name="accelerator">What runs virtual ones.</param>
internal sealed class BoardMakers(
    LabFolders folders,
    ProcessOwner owner,
    RunSetup setup,
    RunArtifacts artifacts,
    RigNetwork network,
    Accelerator accelerator
)
{
    /// <summary>The board's MAC address; that of a virtual board may follow from its name.</summary>
    public static string MacOf(Rig rig, RigBoard board) => board.MacAddress ?? MacAddress.For(rig.Name, board.Name);

    /// <summary>The certificates (DER) of the authorities whose endorsement keys the run's boards have.</summary>
    /// <exception cref="LabException">One cannot be read.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAuthoritiesAsync(CancellationToken cancellationToken)
    {
        var authorities = setup.Boards.SelectMany(WiredBoards.AuthoritiesOf).ToList();
        if (setup.Boards.Any(board => board.Wiring is null) || authorities.Count == 0)
        {
            var authority = await EndorsementAuthority.OpenAsync(
                folders.Rig(setup.Rig.Name),
                setup.Rig.Name,
                setup.Time,
                cancellationToken
            );
            authorities.Add(authority.Certificate);
        }

        return authorities;
    }

    /// <summary>Opens a board, powered off.</summary>
    /// <exception cref="LabException">It cannot be opened.</exception>
    public Task<Board> OpenAsync(RigBoard board, RunServices services, CancellationToken cancellationToken) =>
        board.Wiring is null
            ? OpenVirtualAsync(board, services, cancellationToken)
            : new WiredBoards(folders, setup.Time).OpenAsync(
                setup.Rig.Name,
                board,
                new BootConfiguration(RunArtifacts.BootFile),
                cancellationToken
            );

    private Task<Board> OpenVirtualAsync(RigBoard board, RunServices services, CancellationToken cancellationToken) =>
        VirtualBoard.OpenAsync(
            new VirtualBoardSettings
            {
                Rig = setup.Rig.Name,
                Board = board.Name,
                MacAddress = MacOf(setup.Rig, board),
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
