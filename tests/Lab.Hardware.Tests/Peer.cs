using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lab.Host.Machine;

namespace Lab.Hardware.Tests;

/// <summary>A real program that a driver is tested against: Debian's own agent, console server or broker.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Process _process;

    private Peer(Process process) => _process = process;

    /// <summary>A port that is free now. The programs here cannot be given a socket.</summary>
    public static int FreePort(ProtocolType protocol = ProtocolType.Tcp)
    {
        using var socket = new Socket(
            AddressFamily.InterNetwork,
            protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram,
            protocol
        );
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it, and returns when it has said so.</summary>
    public static async Task<Peer> StartAsync(string ready, string program, params string[] arguments)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        var peer = Start(
            program,
            arguments,
            line =>
            {
                lock (lines)
                {
                    lines.Add(line);
                }

                if (line.Contains(ready, StringComparison.Ordinal))
                {
                    said.TrySetResult();
                }
            }
        );
        var ended = peer._process.WaitForExitAsync();
        if (await Task.WhenAny(said.Task, ended) == ended)
        {
            throw new InvalidOperationException($"{program} ended: {string.Join('\n', lines)}");
        }

        return peer;
    }

    /// <summary>Starts one that says nothing, and returns when it listens.</summary>
    public static async Task<Peer> StartAsync(int port, string program, params string[] arguments)
    {
        var peer = Start(program, arguments, _ => { });
        while (!await IsListeningAsync(port))
        {
            if (peer._process.HasExited)
            {
                throw new InvalidOperationException($"{program} ended with exit code {peer._process.ExitCode}");
            }
        }

        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Peer Start(string program, string[] arguments, Action<string> hear)
    {
        var start = new ProcessStartInfo(
            HostTools.Find(program) ?? throw new IgnoreException($"{program} is not installed"),
            arguments
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => hear(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => hear(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Peer(process);
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            await Task.Delay(20);
            return false;
        }
    }
}
