using System.Net;
using System.Net.Sockets;

namespace Lab.Services.Cluster.Access;

/// <summary>Carries connections from a port of the loopback interface to a Unix socket: the way into a segment.</summary>
internal sealed class SocketRelay : IAsyncDisposable
{
    private const int Backlog = 64;

    private readonly Socket _listener;
    private readonly UnixDomainSocketEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private SocketRelay(Socket listener, string socketPath)
    {
        _listener = listener;
        _target = new UnixDomainSocketEndPoint(socketPath);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public static SocketRelay Listen(string socketPath)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Backlog);
        return new SocketRelay(listener, socketPath);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new HashSet<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                connections.RemoveWhere(connection => connection.IsCompleted);
                connections.Add(CarryAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.NoDelay = true;
            await server.ConnectAsync(_target, _stop.Token);
            await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or IOException)
        {
            // Either side hung up; the other learns it by the end of its connection.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        await using var source = new NetworkStream(from);
        await using var target = new NetworkStream(to);
        await source.CopyToAsync(target, _stop.Token);
        to.Shutdown(SocketShutdown.Send);
    }
}
