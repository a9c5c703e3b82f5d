using Lab.Controller.Rigs;
using Lab.Hardware.Boards;
using Lab.Hardware.Boot;
using Lab.Hardware.Consoles;
using Lab.Hardware.Devices;
using Lab.Hardware.Tpm;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Controller.Wiring;

/// <summary>Opens a rig's real boards. Every byte that a console says is kept in the board's state, whoever reads it.</summary>
/// <param name="folders">Where the lab writes.</param>
/// <param name="time">The clock.</param>
internal sealed class WiredBoards(LabFolders folders, TimeProvider time)
{
    // Programs of this user share the devices' gates; so a relay board gets one request at a time from all of them.
    private readonly DeviceGates _gates = new(Path.Combine(folders.State, "devices"));

    /// <summary>A board for a run: powered off, and so again at its end.</summary>
    /// <exception cref="LabException">Another run has it, or its wiring does not answer.</exception>
    public async Task<Board> OpenAsync(string rig, RigBoard board, BootConfiguration boot, CancellationToken cancellationToken)
    {
        var held = new HeldParts();
        try
        {
            held.Hold(new HeldLease(FolderLease.Take(folders.Board(rig, board.Name), $"board {board.Name}")));
            var logs = OpenLogs(rig, board, board.Wiring!.Consoles, held);
            var opened = await WiredBoard.OpenAsync(
                new WiredBoardSettings
                {
                    Board = board.Name,
                    Power = board.Wiring.Power,
                    Consoles = board.Wiring.Consoles,
                    Facets = FacetsOf(board, boot),
                    Log = name => logs[name].WriteAsync,
                    TakesOver = true,
                },
                _gates,
                time,
                cancellationToken
            );
            held.Hold(opened);
            return opened.With(held.DisposeAsync);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>A board with nothing but its power, which stays as it is.</summary>
    /// <exception cref="LabException">A secret is missing.</exception>
    public Task<Board> OpenPowerAsync(RigBoard board, CancellationToken cancellationToken) =>
        WiredBoard.OpenAsync(
            new WiredBoardSettings { Board = board.Name, Power = board.Wiring!.Power },
            _gates,
            time,
            cancellationToken
        );

    /// <summary>A board with its power and one of its consoles; its power stays as it is.</summary>
    /// <exception cref="LabException">The console cannot be connected, or another program of the lab reads it.</exception>
    public async Task<Board> OpenConsoleAsync(
        string rig,
        RigBoard board,
        ConsoleSettings console,
        CancellationToken cancellationToken
    )
    {
        var held = new HeldParts();
        try
        {
            var logs = OpenLogs(rig, board, [console], held);
            var opened = await WiredBoard.OpenAsync(
                new WiredBoardSettings
                {
                    Board = board.Name,
                    Power = board.Wiring!.Power,
                    Consoles = [console],
                    Log = name => logs[name].WriteAsync,
                },
                _gates,
                time,
                cancellationToken
            );
            held.Hold(opened);
            return opened.With(held.DisposeAsync);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    private Dictionary<string, ConsoleKeeping> OpenLogs(
        string rig,
        RigBoard board,
        IEnumerable<ConsoleSettings> consoles,
        HeldParts held
    ) =>
        consoles.ToDictionary(
            console => console.Options.Name,
            console => held.Hold(ConsoleKeeping.Open(folders.Board(rig, board.Name), board.Name, console.Options.Name)),
            StringComparer.Ordinal
        );

    /// <summary>The certificates (DER) of the authority that signed the board's endorsement key; none where it has no TPM.</summary>
    /// <exception cref="LabException">They cannot be read.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> AuthoritiesOf(RigBoard board) =>
        ReadTpm(board)?.EndorsementAuthorities ?? [];

    private static IReadOnlyList<IFacet> FacetsOf(RigBoard board, BootConfiguration boot)
    {
        var source = new NetworkBoot(board.Name, boot, board.FirmwarePath);
        return ReadTpm(board) is { } tpm ? [source, tpm] : [source];
    }

    private static InstalledTpm? ReadTpm(RigBoard board) =>
        board.Wiring?.Tpm is { } tpm
            ? InstalledTpm.Read(board.Name, tpm.CertificatePath, tpm.AuthorityPath, $"{tpm.At} ({board.Name}, TPM)")
            : null;

    private sealed class HeldLease(FolderLease lease) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            lease.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
