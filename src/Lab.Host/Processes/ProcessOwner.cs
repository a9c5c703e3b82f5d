using System.ComponentModel;
using System.Diagnostics;
using Lab.Host.Machine;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Host.Processes;

/// <summary>
/// Owns everything that this program starts on the machine. One per program. When it is disposed, its children are stopped in reverse order
/// of their start and its temporary paths removed; when the program is killed, the kernel kills the children and
/// <see cref="Leftovers.SweepAsync"/> of the next start removes the rest.
/// </summary>
public sealed class ProcessOwner : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly List<OwnedProcess> _running = [];
    private readonly List<string> _paths = [];
    private readonly ProcessSpawner _spawner = new();
    private readonly ProcessLedger _ledger;
    private readonly TimeProvider _time;
    private bool _disposed;

    private ProcessOwner(ProcessLedger ledger, TimeProvider time)
    {
        _ledger = ledger;
        _time = time;
    }

    /// <summary>Opens a ledger in the state folder and the thread that starts children.</summary>
    /// <exception cref="LabException">The state folder cannot be written.</exception>
    public static ProcessOwner Open(LabFolders folders, TimeProvider time) => new(ProcessLedger.Create(folders.Ledgers), time);

    /// <summary>
    /// Starts a child. It returns as soon as the program was started, not when it is ready: see <see cref="OwnedProcess.WaitUntilAsync"/>.
    /// </summary>
    /// <exception cref="LabException">The program is missing or could not be started.</exception>
    public async Task<OwnedProcess> StartAsync(ProcessCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = Describe(command);
        var process = await _spawner.RunAsync(() => Start(start, command));
        if (process.Identity is { } identity)
            _ledger.Started(identity);
        lock (_gate)
        {
            if (!_disposed && !process.HasExited)
                _running.Add(process);
        }
        if (process.HasExited)
            Forget(process);
        if (_disposed)
            await process.KillAsync();
        return process;
    }

    /// <summary>Notes a file or folder that must not outlive this program. It need not exist yet.</summary>
    public void OwnPath(string path)
    {
        var full = Path.GetFullPath(path);
        _ledger.Made(full);
        lock (_gate)
            _paths.Add(full);
    }

    /// <summary>Removes a path noted by <see cref="OwnPath"/>.</summary>
    public void RemovePath(string path)
    {
        var full = Path.GetFullPath(path);
        OwnedPaths.Remove(full);
        _ledger.Removed(full);
        lock (_gate)
            _paths.Remove(full);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        OwnedProcess[] running;
        string[] paths;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            running = [.. _running];
            paths = [.. _paths];
        }
        for (var index = running.Length - 1; index >= 0; index--)
            await running[index].StopAsync(Grace, CancellationToken.None);
        _spawner.Dispose();
        foreach (var path in paths)
            OwnedPaths.Remove(path);
        _ledger.Delete();
    }

    private ProcessStartInfo Describe(ProcessCommand command)
    {
        // setsid and setpriv exec, they do not fork: the id stays. setpriv comes last because a change of credentials on the way into
        // a user namespace clears the parent-death signal.
        string[] words =
        [
            HostTools.Require("setsid"),
            .. command.EnterPrefix,
            HostTools.Require("setpriv"),
            "--pdeathsig",
            "KILL",
            "--",
            HostTools.Require(command.FileName),
            .. command.Arguments,
        ];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        start.Environment[ProcessLedger.CookieVariable] = _ledger.Cookie;
        return start;
    }

    private OwnedProcess Start(ProcessStartInfo start, ProcessCommand command)
    {
        try
        {
            var process = Process.Start(start) ?? throw new LabException("could not be started", command.Name);
            process.StandardInput.Close();
            return new OwnedProcess(process, command, _time, Forget);
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or DirectoryNotFoundException)
        {
            throw new LabException($"could not be started: {exception.Message}", command.Name, inner: exception);
        }
    }

    private void Forget(OwnedProcess process)
    {
        lock (_gate)
            _running.Remove(process);
        if (process.Identity is { } identity)
            _ledger.Ended(identity);
    }
}
