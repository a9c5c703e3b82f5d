using System.Net.Sockets;

namespace Lab.Hardware.Consoles.Network;

internal sealed class NetworkSource(NetworkOptions options, TimeProvider time) : ILineSource
{
    // Console servers restart within seconds; a refused connection costs them next to nothing.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public string Device => $"console server {options.Host}:{options.Port}";

    public string Remedy => "see that the console server runs, that the port is right and that nobody else holds it";

    public async Task<ILineConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            client.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
            client.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
            client.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await client.ConnectAsync(options.Host, options.Port, cancellationToken);
            var connection = await TalkAsync(client, cancellationToken);
            if (options.Ready is { } ready)
            {
                await ReadyText.AwaitAsync(connection.Stream, ready, cancellationToken);
            }

            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public Task WaitForReturnAsync(CancellationToken cancellationToken) => Task.Delay(Pause, time, cancellationToken);

    private async Task<ILineConnection> TalkAsync(TcpClient client, CancellationToken cancellationToken)
    {
        if (options.Protocol == LineProtocol.Raw)
        {
            return new RawConnection(client);
        }

        var connection = new TelnetConnection(client, options, time);
        await connection.NegotiateAsync(cancellationToken);
        return connection;
    }
}
