using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Lab.Host.Machine;
using Lab.Model.Consoles;

namespace Lab.Benchmarks;

/// <summary>The console engine against plain reads and writes of a socket like the one that QEMU's serial port is at.</summary>
/// <param name="folder">For sockets.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsoleBenchmark(string folder, TimeProvider time)
{
    private const int RoundTrips = 1000;
    private const int Transfers = 50;
    private const int WarmUps = 5;
    private const int TransferSize = 1 << 20;
    private const string LastLine = "the last line\n";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>A line to an echoing child and back.</summary>
    public async Task MeasureRoundTripsAsync(Comparison comparison, CancellationToken cancellationToken)
    {
        using var listener = Listen("echo");
        using var first = StartEcho();
        using var raw = await listener.AcceptAsync(cancellationToken);
        using var second = StartEcho();
        await using var console = new ConsoleEngine(
            "echo",
            new NetworkStream(await listener.AcceptAsync(cancellationToken), ownsSocket: true),
            time
        );
        var buffer = new byte[4096];
        for (var index = -WarmUps * 10; index < RoundTrips; index++)
        {
            var text = $"line {index:00000} and what else a prompt may hold\n";
            var line = Encoding.ASCII.GetBytes(text);
            var start = time.GetTimestamp();
            raw.Send(line);
            Receive(raw, buffer, line.Length);
            var bare = time.GetElapsedTime(start);
            var from = console.Position;
            start = time.GetTimestamp();
            await console.WriteAsync(line, cancellationToken);
            await console.ExpectAsync(ConsolePattern.Literal(text), from, Deadline, cancellationToken);
            var lab = time.GetElapsedTime(start);
            if (index >= 0)
            {
                comparison.Add(lab, bare);
            }
        }
    }

    /// <summary>1 MB of lines, until a subscriber has read all of it, and until an expectation has found the last line.</summary>
    public async Task MeasureTransfersAsync(Comparison read, Comparison searched, CancellationToken cancellationToken)
    {
        var content = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat(new string('x', 79) + "\n", TransferSize / 80)) + LastLine
        );
        using var listener = Listen("transfer");
        for (var index = -WarmUps; index < Transfers; index++)
        {
            var bare = await ReadRawAsync(listener, content, cancellationToken);
            var subscribed = await ReadByEngineAsync(
                listener,
                content,
                console => ReadAllAsync(console, content.Length, cancellationToken),
                cancellationToken
            );
            var found = await ReadByEngineAsync(
                listener,
                content,
                console => console.ExpectAsync(ConsolePattern.Literal(LastLine), 0, Deadline, cancellationToken),
                cancellationToken
            );
            if (index >= 0)
            {
                read.Add(subscribed, bare);
                searched.Add(found, bare);
            }
        }
    }

    private async Task<TimeSpan> ReadRawAsync(Socket listener, byte[] content, CancellationToken cancellationToken)
    {
        using var sender = Connect("transfer");
        using var socket = await listener.AcceptAsync(cancellationToken);
        var start = time.GetTimestamp();
        var sending = Send(sender, content);
        Receive(socket, new byte[64 * 1024], content.Length);
        var elapsed = time.GetElapsedTime(start);
        await sending;
        return elapsed;
    }

    private async Task<TimeSpan> ReadByEngineAsync(
        Socket listener,
        byte[] content,
        Func<ConsoleEngine, Task> awaitEnd,
        CancellationToken cancellationToken
    )
    {
        using var sender = Connect("transfer");
        var stream = new NetworkStream(await listener.AcceptAsync(cancellationToken), ownsSocket: true);
        await using var console = new ConsoleEngine("transfer", stream, time);
        var start = time.GetTimestamp();
        var sending = Send(sender, content);
        await awaitEnd(console);
        var elapsed = time.GetElapsedTime(start);
        await sending;
        return elapsed;
    }

    private static async Task ReadAllAsync(ConsoleEngine console, int count, CancellationToken cancellationToken)
    {
        await foreach (var chunk in console.ReadAsync(0, cancellationToken))
        {
            count -= chunk.Bytes.Length;
            if (count <= 0)
            {
                return;
            }
        }
    }

    private static Task Send(Socket sender, byte[] content) =>
        Task.Factory.StartNew(
            () => sender.Send(content),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static void Receive(Socket socket, byte[] buffer, int count)
    {
        while (count > 0)
        {
            var read = socket.Receive(buffer);
            count = read > 0 ? count - read : throw new EndOfStreamException();
        }
    }

    private Socket Listen(string name)
    {
        var listener = NewSocket();
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, name)));
        listener.Listen();
        return listener;
    }

    private Socket Connect(string name)
    {
        var socket = NewSocket();
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(folder, name)));
        return socket;
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>A child that echoes; it ends when its socket is closed.</summary>
    private Process StartEcho() =>
        Process.Start(HostTools.Require("socat"), [$"UNIX-CONNECT:{Path.Combine(folder, "echo")}", "EXEC:cat"]);
}
