using System.Diagnostics;

namespace Lab.Testing.Fakes;

/// <summary>A fake device, seen from the test that started it. It ends with its owner, whatever becomes of that.</summary>
public sealed class FakeDevice : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _talking = new(1, 1);

    private FakeDevice(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens: host and port, or a path.</summary>
    public string Address { get; }

    /// <summary>Starts a fake.</summary>
    /// <param name="kind">Which: <c>shelly1</c>, <c>shelly2</c>, <c>tasmota</c>, <c>relay</c>.</param>
    /// <param name="settings">What it is told at its start, as <c>key=value</c>: <c>console=PATH</c> gives it a board whose power is
    /// relay 0 or 1 and whose console is a pseudo-terminal of that name.</param>
    public static async Task<FakeDevice> StartAsync(string kind, params string[] settings)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [typeof(FakeDevice).Assembly.Location, "fake", kind, .. settings]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return line is not null && line.StartsWith("ready ", StringComparison.Ordinal)
            ? new FakeDevice(process, line["ready ".Length..])
            : throw new InvalidOperationException($"the fake '{kind}' did not start: {line}");
    }

    /// <summary>Tells it how to behave from now on.</summary>
    public Task BehaveAsync(Misbehaviour behaviour) => AskAsync($"behave {behaviour}");

    /// <summary>Whether one of its relays is on, in truth.</summary>
    public async Task<bool> IsOnAsync(int relay) => await AskAsync($"state {relay}") == "on";

    /// <summary>Moves a relay by hand.</summary>
    public Task SwitchAsync(int relay, bool on) => AskAsync($"switch {relay} {(on ? "on" : "off")}");

    /// <summary>What it was sent that it should not have been; empty when all was well.</summary>
    public Task<string> ViolationsAsync() => AskAsync("violations");

    /// <summary>Sends a command and returns the answer.</summary>
    public async Task<string> AskAsync(string command)
    {
        await _talking.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            return await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the fake has ended");
        }
        finally
        {
            _talking.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _talking.Dispose();
    }
}
