using System.Net;
using System.Net.Sockets;

namespace Lab.Testing.Fakes;

/// <summary>A console server's raw port with nothing behind it: it repeats what it is sent, and can hang up.</summary>
internal sealed class TcpConsoleFake(FakeState state)
{
    public string Start(CancellationToken stop)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync(listener, stop);
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private async Task ServeAsync(TcpListener listener, CancellationToken stop)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(stop);
            var stream = client.GetStream();
            var buffer = new byte[4096];
            int count;
            while (state.Behaviour != Misbehaviour.Drop && (count = await stream.ReadAsync(buffer, stop)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), stop);
            }
        }
    }
}
