using System.Threading.Channels;
using Lab.Host.Processes;
using Lab.Model.Errors;

namespace Lab.Services.Netboot;

/// <summary>The real dnsmasq, inside a segment, for DHCP and TFTP.</summary>
internal sealed class DnsmasqServer : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly OwnedProcess _process;
    private readonly Task _writer;
    private readonly ChannelWriter<string> _lines;
    private volatile bool _stopping;

    private DnsmasqServer(OwnedProcess process, ChannelWriter<string> lines, Task writer)
    {
        _process = process;
        _lines = lines;
        _writer = writer;
        Failed = WatchAsync();
    }

    /// <summary>Ends with the reason when the server ends without having been stopped; null after a stop.</summary>
    public Task<LabException?> Failed { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<DnsmasqServer> StartAsync(
        ProcessOwner owner,
        IReadOnlyList<string> enterPrefix,
        DnsmasqCommandLine commandLine,
        string logPath,
        Action<NetbootEvent> onEvent,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writer = WriteAsync(
            lines.Reader,
            logPath,
            line =>
            {
                if (DnsmasqLog.Parse(line, time.GetUtcNow()) is not { } parsed)
                    return;
                if (parsed.Kind == NetbootEventKind.Started)
                    started.TrySetResult();
                onEvent(parsed);
            }
        );
        var process = await owner.StartAsync(
            new ProcessCommand("dnsmasq", commandLine.ToArguments())
            {
                EnterPrefix = enterPrefix,
                OnLine = line => lines.Writer.TryWrite(line),
            },
            cancellationToken
        );
        var server = new DnsmasqServer(process, lines.Writer, writer);
        try
        {
            await process.WaitUntilAsync(started.Task, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        // SIGTERM: dnsmasq ignores SIGINT.
        await _process.StopAsync(Grace, CancellationToken.None);
        _lines.TryComplete();
        await _writer;
    }

    private async Task<LabException?> WatchAsync()
    {
        await _process.Exited;
        return _stopping ? null : _process.ExitedEarly("the segment has no DHCP and TFTP without it; see the run's dnsmasq.log");
    }

    private static async Task WriteAsync(ChannelReader<string> lines, string path, Action<string> onLine)
    {
        await using var log = new StreamWriter(path, append: false);
        while (await lines.WaitToReadAsync())
        {
            while (lines.TryRead(out var line))
            {
                onLine(line);
                await log.WriteLineAsync(line);
            }
            await log.FlushAsync();
        }
    }
}
