using System.Net.Sockets;

namespace Lab.Hardware.Consoles.Network;

internal sealed class RawConnection(TcpClient client) : ILineConnection
{
    public Stream Stream { get; } = client.GetStream();

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
