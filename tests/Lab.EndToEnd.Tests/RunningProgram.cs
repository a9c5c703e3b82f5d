using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CliWrap;

namespace Lab.EndToEnd.Tests;

/// <summary>The program while it runs: its events as it tells them, and the signals a user or the kernel may send.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private RunningProgram(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts <c>hwlab run edge-node --json</c> with more arguments.</summary>
    public static RunningProgram StartEdgeNode(string outFolder, params string[] arguments)
    {
        var command = HwLabProgram.Command([
            "run",
            "edge-node",
            "--rig",
            "rigs/qemu-virt.yaml",
            "--json",
            "--out",
            outFolder,
            .. arguments,
        ]);
        var start = new ProcessStartInfo(command.TargetFilePath, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirPath,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in command.EnvironmentVariables)
        {
            start.Environment[name] = value;
        }

        return new RunningProgram(Process.Start(start)!);
    }

    /// <summary>Reads on until the board has reached a boot phase.</summary>
    public Task ReachAsync(string phase) =>
        ReadUntilAsync(
            said => said.GetProperty("event").GetString() == "phase" && said.GetProperty("name").GetString() == phase,
            phase
        );

    /// <summary>Reads on until all stages have run and the board is kept on.</summary>
    public Task ReachKeptAsync() =>
        ReadUntilAsync(
            said =>
                said.GetProperty("event").GetString() == "progress"
                && said.GetProperty("text").GetString()!.Contains("kept on", StringComparison.Ordinal),
            "kept on"
        );

    private async Task ReadUntilAsync(Func<JsonElement, bool> reached, string what)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (reached(json.RootElement))
            {
                return;
            }
        }

        Assert.Fail($"the run ended before '{what}': {await _errors}");
    }

    /// <summary>Sends a signal by its name, reads what the program still says, and returns what it ended with.</summary>
    public async Task<int> EndAsync(string signal)
    {
        await Cli.Wrap("kill").WithArguments(["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]).ExecuteAsync();
        await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
