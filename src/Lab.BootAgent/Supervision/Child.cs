using System.ComponentModel;
using System.Diagnostics;
using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Supervision;

/// <summary>A program that the agent runs, with its output in a log.</summary>
internal sealed class Child : IDisposable
{
    private const int Terminate = 15; // SIGTERM
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(Process process) => _process = process;

    /// <summary>Its exit code, 128 + the signal if one ended it. It may have left children that still write to the log.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">Takes its output.</param>
    /// <param name="onLine">Told of each line of its output; may be called from several threads.</param>
    /// <exception cref="LinuxException">It cannot be started.</exception>
    public static Child Start(string program, IEnumerable<string> arguments, BoundedLog log, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var child = new Child(new Process { StartInfo = start, EnableRaisingEvents = true });
        child._process.OutputDataReceived += (_, data) => Take(data.Data);
        child._process.ErrorDataReceived += (_, data) => Take(data.Data);
        child._process.Exited += (_, _) => child._ended.TrySetResult(child._process.ExitCode);
        try
        {
            child._process.Start();
        }
        catch (Win32Exception error)
        {
            child.Dispose();
            throw new LinuxException($"start {program}", error.NativeErrorCode);
        }

        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;

        void Take(string? line)
        {
            if (line is null)
                return;
            log.Add(line);
            onLine?.Invoke(line);
        }
    }

    /// <summary>Asks it to end, and ends it if it does not within five seconds.</summary>
    public async Task StopAsync(TimeProvider time)
    {
        if (_ended.Task.IsCompleted)
            return;
        _ = Libc.Kill(_process.Id, Terminate);
        try
        {
            await _ended.Task.WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _ended.Task;
        }
    }

    public void Dispose() => _process.Dispose();
}
