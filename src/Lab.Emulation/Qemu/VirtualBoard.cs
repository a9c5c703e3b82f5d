using Lab.Emulation.Tpm;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Emulation.Qemu;

/// <summary>A board that is a QEMU machine with a software TPM: its facets, and what they share.</summary>
public sealed class VirtualBoard : IPower, IBootSource, ITpm, ILink, IAsyncDisposable
{
    private static readonly TimeSpan StatusDeadline = TimeSpan.FromSeconds(2);

    // TPM state, firmware, flash image (sparse) and a log.
    private const long RoomNeeded = 64L << 20;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly VirtualBoardSettings _settings;
    private readonly ProcessOwner _owner;
    private readonly EndorsementAuthority _authority;
    private readonly TpmState _tpm;
    private readonly FolderLease _lease;
    private readonly string _folder;
    private readonly string _sockets;
    private readonly string? _tap;
    private readonly ConsoleLine _line = new();
    private readonly ConsoleEngine _console;
    private readonly TimeProvider _time;
    private Machine? _machine;
    private MachinePlan? _started;
    private string _flashed;
    private TpmFault _fault;
    private bool _connected = true;

    private VirtualBoard(
        VirtualBoardSettings settings,
        ProcessOwner owner,
        EndorsementAuthority authority,
        TpmState tpm,
        FolderLease lease,
        string folder,
        string sockets,
        string? tap,
        TimeProvider time
    )
    {
        _settings = settings;
        _owner = owner;
        _authority = authority;
        _tpm = tpm;
        _lease = lease;
        _folder = folder;
        _sockets = sockets;
        _tap = tap;
        _time = time;
        _console = new ConsoleEngine("console", _line, time);
        _flashed = settings.FirmwarePath;
        _fault = settings.HasTpm ? TpmFault.None : TpmFault.Absent;
        Current = settings.Boot;
        MacAddress = settings.MacAddress ?? Qemu.MacAddress.For(settings.Rig, settings.Board);
    }

    /// <inheritdoc/>
    public BootConfiguration Current { get; private set; }

    /// <inheritdoc/>
    public string MacAddress { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EndorsementKeyCertificate => _tpm.EndorsementKeyCertificate;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EndorsementAuthority => _authority.Certificate;

    /// <summary>How often the ROM measured the firmware since power-on; for tests.</summary>
    internal int Measurements => _machine?.Measurements ?? 0;

    /// <summary>The QEMU process of a board that has power; for tests.</summary>
    internal Machine? Machine => _machine;

    /// <summary>
    /// Takes a virtual board into use, without power: makes its TPM if it has none, and its port on the network. Disposing the board cuts its
    /// power and gives it back.
    /// </summary>
    /// <exception cref="LabException">Another run has it, a tool is missing, or there is no room.</exception>
    public static async Task<Board> OpenAsync(
        VirtualBoardSettings settings,
        LabFolders folders,
        ProcessOwner owner,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var board = await OpenFacetsAsync(settings, folders, owner, time, cancellationToken);
        IFacet facets = settings.HasTpm ? board : new BoardWithoutTpm(board);
        return new Board(settings.Board, [facets, board._console], board.DisposeAsync);
    }

    /// <inheritdoc/>
    public async Task<PowerState> GetStatusAsync(CancellationToken cancellationToken)
    {
        if (_machine is not { HasEnded: false } machine)
            return PowerState.Off;
        try
        {
            await machine
                .Monitor.ExecuteAsync("query-status", null, cancellationToken)
                .WaitAsync(StatusDeadline, _time, cancellationToken);
            return PowerState.On;
        }
        catch (Exception exception) when (exception is LabException or TimeoutException)
        {
            return machine.HasEnded ? PowerState.Off : PowerState.Unknown;
        }
    }

    /// <inheritdoc/>
    public async Task<PowerState> WaitForAsync(PowerState state, CancellationToken cancellationToken)
    {
        if (state == PowerState.Off && _machine is { HasEnded: false } machine)
        {
            await machine.Ended.WaitAsync(cancellationToken);
        }

        return await GetStatusAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task OnAsync(CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                if (_machine is { HasEnded: false })
                    return;
                await StopAsync("the board was switched on again");
                await StartAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task OffAsync(CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                if (_machine is { HasEnded: false } machine)
                    await ShutDownAsync(machine, cancellationToken);
                await StopAsync("the board was switched off");
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task CutAsync(CancellationToken cancellationToken) =>
        AloneAsync(() => StopAsync("the power was cut"), cancellationToken);

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                if (_machine is not { HasEnded: false } machine)
                    throw new LabException("the board is off and cannot be reset", _settings.Board, "switch it on first");
                if (_started == Plan())
                {
                    var reset = machine.Monitor.NextAsync("RESET", cancellationToken);
                    await machine.Monitor.ExecuteAsync("system_reset", null, cancellationToken);
                    await reset;
                    return;
                }
                // QEMU reads firmware and flash only once: what has changed since takes a new process.
                await machine.StopAsync("the board was reset", quiet: true);
                await StartAsync(cancellationToken);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task UseAsync(BootConfiguration configuration, CancellationToken cancellationToken) =>
        AloneAsync(
            () =>
            {
                Current = configuration;
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<byte[]> ReadFirmwareAsync(CancellationToken cancellationToken) =>
        File.ReadAllBytesAsync(_flashed, cancellationToken);

    /// <inheritdoc/>
    public Task FlashFirmwareAsync(ReadOnlyMemory<byte> firmware, CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                var path = Path.Combine(_sockets, "flashed.bin");
                await File.WriteAllBytesAsync(path, firmware, cancellationToken);
                _flashed = path;
                _started = null;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task StageAsync(TpmFault fault, CancellationToken cancellationToken) =>
        AloneAsync(
            () =>
            {
                _fault = fault;
                return Task.CompletedTask;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task SetConnectedAsync(bool connected, CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                if (_settings.Network is VirtualNetwork.Unplugged)
                    throw new RigException("the board has no network", _settings.Board, "give the rig a network");
                if (_machine is { HasEnded: false } machine)
                    await machine.SetLinkAsync(connected, cancellationToken);
                _connected = connected;
                _started = _started is null ? null : _started with { Connected = connected };
            },
            cancellationToken
        );

    internal static async Task<VirtualBoard> OpenFacetsAsync(
        VirtualBoardSettings settings,
        LabFolders folders,
        ProcessOwner owner,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var folder = LabFolders.EnsureRoom(folders.Board(settings.Rig, settings.Board), RoomNeeded);
        var lease = FolderLease.Take(folder, $"board '{settings.Board}'");
        string? sockets = null;
        try
        {
            var authority = await Tpm.EndorsementAuthority.OpenAsync(
                folders.Rig(settings.Rig),
                settings.Rig,
                time,
                cancellationToken
            );
            var tpm = await TpmState.OpenAsync(Path.Combine(folder, "tpm"), authority, cancellationToken);
            sockets = folders.CreateSocketFolder();
            owner.OwnPath(sockets);
            string? tap = null;
            if (settings.Network is VirtualNetwork.Segment segment)
            {
                tap = "tap" + Qemu.MacAddress.For(settings.Rig, settings.Board).Replace(":", "", StringComparison.Ordinal)[^6..];
                await segment.Network.AddTapAsync(tap, cancellationToken);
            }
            return new VirtualBoard(settings, owner, authority, tpm, lease, folder, sockets, tap, time);
        }
        catch
        {
            if (sockets is not null)
                owner.RemovePath(sockets);
            lease.Dispose();
            throw;
        }
    }

    internal ConsoleEngine Console => _console;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AloneAsync(() => StopAsync("the board was taken out of use"), CancellationToken.None);
        await _console.DisposeAsync();
        if (_tap is not null && _settings.Network is VirtualNetwork.Segment segment)
            await RemoveTapAsync(segment);
        _owner.RemovePath(_sockets);
        _lease.Dispose();
        _gate.Dispose();
    }

    private async Task RemoveTapAsync(VirtualNetwork.Segment segment)
    {
        try
        {
            await segment.Network.RemoveTapAsync(_tap!, CancellationToken.None);
        }
        catch (LabException)
        {
            // The segment is gone already, and the port with it.
        }
    }

    private async Task AloneAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var plan = Plan();
        _machine = await Machine.StartAsync(plan, _owner, _line, _console, _time, cancellationToken);
        _started = plan;
    }

    private async Task ShutDownAsync(Machine machine, CancellationToken cancellationToken)
    {
        try
        {
            await machine.Monitor.ExecuteAsync("system_powerdown", null, cancellationToken);
            await machine.Ended.WaitAsync(_settings.ShutdownGrace, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or LabException)
        {
            // It does not listen, or ended while it was asked: the power is cut next.
        }
    }

    private async Task StopAsync(string reason)
    {
        if (_machine is { } machine)
            await machine.StopAsync(reason);
        _machine = null;
        _started = null;
    }

    private MachinePlan Plan() =>
        new(_settings, _flashed, Current, _fault, _tpm, _folder, _sockets, MacAddress, _tap, _connected);
}
