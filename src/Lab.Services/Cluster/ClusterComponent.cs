using System.Threading.Channels;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Services.Cluster;

/// <summary>One long-lived program of a control plane, with its log; it can be killed and started again.</summary>
internal sealed class ClusterComponent : IAsyncDisposable
{
    private readonly ProcessOwner _owner;
    private readonly string[] _leftovers;
    private readonly ProcessCommand _command;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly TaskCompletionSource<LabException?> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writer;
    private volatile OwnedProcess? _process;

    /// <param name="owner">Owns the process.</param>
    /// <param name="command">What is run.</param>
    /// <param name="logPath">Where its output goes, of all starts.</param>
    /// <param name="leftovers">Files that a killed one leaves and that would keep the next from starting.</param>
    public ClusterComponent(ProcessOwner owner, ProcessCommand command, string logPath, params string[] leftovers)
    {
        _leftovers = leftovers;
        _owner = owner;
        _command = command with { OnLine = line => _lines.Writer.TryWrite(line) };
        _writer = WriteAsync(_lines.Reader, logPath);
    }

    public string Name => _command.Name;

    /// <summary>Ends with the reason when it ends by itself; with null when it was stopped.</summary>
    public Task<LabException?> Failed => _failed.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _leftovers)
            File.Delete(file);
        var process = await _owner.StartAsync(_command, cancellationToken);
        _process = process;
        _ = WatchAsync(process);
    }

    /// <summary>Kills it and starts it again.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        // What is not the current process any more may end.
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.KillAsync();
        await StartAsync(cancellationToken);
    }

    /// <summary>Waits until it is ready; when it ends first, says so with its last words.</summary>
    public Task WaitUntilAsync(Task ready, CancellationToken cancellationToken) =>
        _process!.WaitUntilAsync(ready, cancellationToken);

    /// <summary>Its last lines, indented, for an error.</summary>
    public string LastLines(int count) =>
        string.Join('\n', (_process?.LastLines ?? []).TakeLast(count).Select(line => "  | " + line));

    public async Task StopAsync(TimeSpan grace)
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await process.StopAsync(grace, CancellationToken.None);
        _failed.TrySetResult(null);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _lines.Writer.TryComplete();
        await _writer;
    }

    private async Task WatchAsync(OwnedProcess process)
    {
        await process.Exited;
        if (ReferenceEquals(process, _process))
            _failed.TrySetResult(process.ExitedEarly($"see services/cluster/{Name}.log in the run folder"));
    }

    private static async Task WriteAsync(ChannelReader<string> lines, string path)
    {
        await using var log = new StreamWriter(path, append: true);
        while (await lines.WaitToReadAsync())
        {
            while (lines.TryRead(out var line))
                await log.WriteLineAsync(line);
            await log.FlushAsync();
        }
    }
}
