using System.Diagnostics;
using Lab.Model.Errors;

namespace Lab.Host.Processes;

/// <summary>
/// A long-lived child that dies with its owner, in a session of its own so that Ctrl-C on the terminal reaches only the owner.
/// Started by <see cref="ProcessOwner"/>.
/// </summary>
public sealed class OwnedProcess : IAsyncDisposable
{
    internal const int SigTerm = 15;
    internal const int SigKill = 9;

    // How long output may trail the exit when a grandchild holds the pipe.
    private static readonly TimeSpan OutputTrail = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly ProcessHandle? _handle;
    private readonly LineTail _output;
    private readonly TimeProvider _time;

    internal OwnedProcess(Process process, ProcessCommand command, TimeProvider time, Action<OwnedProcess> onExit)
    {
        _process = process;
        _time = time;
        _output = new LineTail(command.OnLine);
        Name = command.Name;
        Id = process.Id;
        // The child cannot be reaped before this process object has seen its end, so the id is still its own here.
        _handle = ProcessHandle.TryOpen(Id);
        Identity = ProcessIdentity.Of(Id, Name);
        Exited = AwaitExitAsync(onExit);
    }

    /// <summary>The program's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The process id, which is also its process group and session.</summary>
    public int Id { get; }

    /// <summary>Ends with the exit code when the process has ended: 128 + signal for one that was killed. Never faults.</summary>
    public Task<int> Exited { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => Exited.IsCompleted;

    /// <summary>The last lines of its output, at most 50.</summary>
    public IReadOnlyList<string> LastLines => _output.Lines;

    internal ProcessIdentity? Identity { get; }

    /// <summary>Sends a signal to the program.</summary>
    /// <returns>False when it has ended already.</returns>
    public bool Signal(int signal) => _handle?.Signal(signal) ?? false;

    /// <summary>Ends it: SIGTERM to its group, and SIGKILL when it has not ended after the grace. Idempotent.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!HasExited)
            SignalGroup(SigTerm);
        try
        {
            await Exited.WaitAsync(grace, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw;
        }
    }

    /// <summary>Ends it at once. Idempotent.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
            SignalGroup(SigKill);
        await Exited;
    }

    /// <summary>
    /// Waits until <paramref name="ready"/> completes; when the program ends first, says so with its last words.
    /// </summary>
    /// <exception cref="LabException">It ended before it was ready.</exception>
    public async Task WaitUntilAsync(Task ready, CancellationToken cancellationToken)
    {
        var first = await Task.WhenAny(ready, Exited).WaitAsync(cancellationToken);
        if (first == Exited && !ready.IsCompletedSuccessfully)
            throw ExitedEarly();
        await ready;
    }

    /// <summary>The error for a program that ended when it should not have: its exit code and last lines.</summary>
    public LabException ExitedEarly(string? remedy = null)
    {
        var code = Exited.IsCompletedSuccessfully ? $" with exit code {Exited.Result}" : "";
        var lines = LastLines;
        var tail =
            lines.Count == 0
                ? "; it printed nothing"
                : "; its last lines:\n" + string.Join('\n', lines.Select(line => "  | " + line));
        return new LabException($"{Name} ended{code}{tail}", Name, remedy);
    }

    /// <summary>Stops it, with two seconds of grace.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);

    private void SignalGroup(int signal)
    {
        // Not reaped as long as the handle can be signalled (signal 0 only asks), so the group id is still ours.
        if (_handle is null || _handle.Signal(0))
            ProcessHandle.SignalGroup(Id, signal);
        // Between fork and setsid there is no such group yet.
        _handle?.Signal(signal);
    }

    private async Task<int> AwaitExitAsync(Action<OwnedProcess> onExit)
    {
        var output = Task.WhenAll(
            _output.ReadAsync(_process.StandardError.BaseStream),
            _output.ReadAsync(_process.StandardOutput.BaseStream)
        );
        await _process.WaitForExitAsync();
        await Task.WhenAny(output, Task.Delay(OutputTrail, _time));
        var code = _process.ExitCode;
        _handle?.Dispose();
        _process.Dispose();
        onExit(this);
        return code;
    }
}
