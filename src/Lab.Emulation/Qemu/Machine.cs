using System.Net.Sockets;
using System.Text.Json.Nodes;
using Lab.Emulation.Qmp;
using Lab.Emulation.Tpm;
using Lab.Host.Processes;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Emulation.Qemu;

/// <summary>A virtual board that has power: one QEMU process with its TPM, from power-on to power-off.</summary>
internal sealed class Machine : IAsyncDisposable
{
    private static readonly TimeSpan QuitDeadline = TimeSpan.FromSeconds(1);

    private readonly MachinePlan _plan;
    private readonly SoftwareTpm? _tpm;
    private readonly RomRelay? _relay;
    private readonly OwnedProcess _qemu;
    private readonly TimeProvider _time;
    private QmpClient? _monitor;
    private Task _consoleEnded = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private LabException? _fault;
    private string? _stopReason;
    private bool _quiet;

    private Machine(MachinePlan plan, SoftwareTpm? tpm, RomRelay? relay, OwnedProcess qemu, TimeProvider time)
    {
        _plan = plan;
        _tpm = tpm;
        _relay = relay;
        _qemu = qemu;
        _time = time;
    }

    /// <summary>Whether QEMU has ended.</summary>
    public bool HasEnded => _qemu.HasExited;

    /// <summary>Completes when QEMU has ended and all that it said was read.</summary>
    public Task Ended => Task.WhenAll(_qemu.Exited, _consoleEnded);

    /// <summary>The lab's fault that ended it, if one did.</summary>
    public LabException? Fault => _fault;

    /// <summary>How often the ROM measured the firmware since power-on.</summary>
    public int Measurements => _relay?.Measurements ?? 0;

    public QmpClient Monitor => _monitor ?? throw new LabException("the board is not started yet", _plan.Settings.Board);

    /// <summary>Gives power: the TPM first, then the board, stopped; its console is read before its processor runs.</summary>
    /// <exception cref="LabException">A part did not start, or a file is missing.</exception>
    public static async Task<Machine> StartAsync(
        MachinePlan plan,
        ProcessOwner owner,
        ConsoleLine line,
        ConsoleEngine console,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var firmware = await PrepareFilesAsync(plan, cancellationToken);
        SoftwareTpm? tpm = null;
        RomRelay? relay = null;
        Machine? machine = null;
        using var ready = Listen(plan.ReadySocket);
        try
        {
            if (plan.Fault != TpmFault.Absent)
            {
                tpm = await SoftwareTpm.StartAsync(owner, plan.Tpm, plan.Sockets, [], cancellationToken);
                relay = RomRelay.Listen(plan.TpmSocket, tpm.ControlPath, firmware, plan.Fault);
            }
            var command = new ProcessCommand(QemuCommandLine.Program, plan.CommandLine().Arguments)
            {
                EnterPrefix = plan.Settings.Network is VirtualNetwork.Segment segment ? segment.Network.EnterPrefix : [],
            };
            machine = new Machine(plan, tpm, relay, await owner.StartAsync(command, cancellationToken), time);
            await machine.ConnectAsync(ready, line, console, cancellationToken);
            return machine;
        }
        catch
        {
            if (machine is not null)
            {
                await machine.StopAsync("the board did not start", quiet: true);
            }
            else
            {
                if (relay is not null)
                    await relay.DisposeAsync();
                if (tpm is not null)
                    await tpm.DisposeAsync();
            }
            throw;
        }
    }

    /// <summary>Cuts the power. Returns when everything the board said was read. Idempotent.</summary>
    /// <param name="reason">Told to those who wait for its console.</param>
    /// <param name="quiet">Whether they wait on, because it starts again at once.</param>
    public async Task StopAsync(string reason, bool quiet = false)
    {
        if (!_qemu.HasExited)
        {
            _quiet = quiet;
            _stopReason ??= reason;
        }
        await QuitAsync();
        await _qemu.KillAsync();
        await Ended;
        if (_monitor is not null)
            await _monitor.DisposeAsync();
        if (_relay is not null)
            await _relay.DisposeAsync();
        if (_tpm is not null)
            await _tpm.DisposeAsync();
        await _watching;
    }

    public Task SetLinkAsync(bool connected, CancellationToken cancellationToken) =>
        Monitor.ExecuteAsync("set_link", new JsonObject { ["name"] = "nic0", ["up"] = connected }, cancellationToken);

    /// <summary>Sends QEMU a signal; for tests.</summary>
    public void Signal(int signal) => _qemu.Signal(signal);

    /// <summary>Ends the TPM under the board; for tests.</summary>
    public Task KillTpmAsync() => _tpm?.Process.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync() => await StopAsync("the board was taken out of use");

    private static async Task<byte[]> PrepareFilesAsync(MachinePlan plan, CancellationToken cancellationToken)
    {
        byte[] firmware;
        try
        {
            firmware = await File.ReadAllBytesAsync(plan.FlashedPath, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException(
                $"the firmware image cannot be read: {exception.Message}",
                plan.FlashedPath,
                "run ./hwlab setup, or correct the path",
                exception
            );
        }
        try
        {
            // What the ROM measures is what QEMU loads, whatever happens to the original meanwhile.
            await File.WriteAllBytesAsync(plan.FirmwarePath, firmware, cancellationToken);
            if (plan.Settings.FirmwareEnvironment is { } environment)
                await environment.WriteAsync(plan.EnvironmentPath, plan.Boot, plan.MacAddress, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new LabException(
                $"the board's files cannot be written: {exception.Message}",
                plan.Folder,
                "free some space",
                exception
            );
        }
        return firmware;
    }

    private static Socket Listen(string path)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(1);
        return socket;
    }

    private async Task ConnectAsync(Socket ready, ConsoleLine line, ConsoleEngine console, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var signal = ready.AcceptAsync(waiting.Token).AsTask();
        try
        {
            await _qemu.WaitUntilAsync(signal, cancellationToken);
        }
        finally
        {
            await waiting.CancelAsync();
        }
        // Kept open: QEMU would complain about its end. It dies with the process at the other end.
        var connection = await signal;
        _ = _qemu.Exited.ContinueWith(_ => connection.Dispose(), TaskScheduler.Default);
        try
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_plan.ConsoleSocket), cancellationToken);
            _consoleEnded = line.Attach(new NetworkStream(socket, ownsSocket: true), () => TellLossAsync(console));
            _monitor = await QmpClient.ConnectAsync(_plan.MonitorSocket, cancellationToken);
            _watching = WatchAsync();
            if (!_plan.Connected && _plan.Settings.Network is not VirtualNetwork.Unplugged)
                await SetLinkAsync(connected: false, cancellationToken);
            await _monitor.ExecuteAsync("cont", null, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or LabException && _qemu.HasExited)
        {
            throw _qemu.ExitedEarly();
        }
    }

    /// <summary>
    /// QEMU hands a byte to the console's reader before it writes it to the log: killed in between, the log would lack what was read.
    /// </summary>
    private async Task QuitAsync()
    {
        if (_qemu.HasExited || _monitor is null)
            return;
        try
        {
            await _monitor.ExecuteAsync("quit", null, CancellationToken.None).WaitAsync(QuitDeadline, _time);
            await _qemu.Exited.WaitAsync(QuitDeadline, _time);
        }
        catch (Exception exception) when (exception is LabException or TimeoutException)
        {
            // It hangs, or has gone without an answer.
        }
    }

    /// <summary>A board whose TPM or ROM is gone can only mislead: it is stopped, and the fault is the lab's.</summary>
    private async Task WatchAsync()
    {
        var tpmExited = _tpm?.Process.Exited ?? Task.Delay(Timeout.Infinite);
        var relayEnded = _relay is null ? Task.Delay(Timeout.Infinite) : FindRelayErrorAsync(_relay);
        await Task.WhenAny(_qemu.Exited, tpmExited, relayEnded);
        if (_stopReason is not null || _qemu.HasExited)
            return;
        _fault = tpmExited.IsCompleted
            ? _tpm!.Process.ExitedEarly()
            : new LabException($"the board's ROM failed: {_relay!.Error!.Message}", "TPM");
        await _qemu.KillAsync();
    }

    private static async Task FindRelayErrorAsync(RomRelay relay)
    {
        await relay.Completion;
        if (relay.Error is null)
            await Task.Delay(Timeout.Infinite);
    }

    private async Task TellLossAsync(ConsoleEngine console)
    {
        var code = await _qemu.Exited;
        if (_stopReason is null && _fault is null && code != 0)
            _fault = _qemu.ExitedEarly();
        if (_quiet)
            return;
        var reason = _stopReason ?? (_fault is null ? "the board switched itself off" : "its emulation ended");
        console.LoseLine(reason, _fault, byBoard: _stopReason is null && _fault is null);
    }
}
