using System.Net;
using System.Net.Sockets;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Access;

/// <summary>
/// A port of the loopback interface kept for a program that cannot be handed a socket: bound here but never listened on, so that only a program
/// of the same user that asks for SO_REUSEPORT can have it, again and again. socket(7).
/// </summary>
internal sealed class HeldPort : IDisposable
{
    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    private readonly Socket _socket;

    private HeldPort(Socket socket) => _socket = socket;

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public static HeldPort Take()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Else .NET asks for SO_REUSEADDR, and any program that does so too could have the port as long as nobody listens.
            socket.ExclusiveAddressUse = true;
            socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return new HeldPort(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new LabException($"no port can be had for the API server: {exception.Message}", "127.0.0.1", inner: exception);
        }
    }

    public void Dispose() => _socket.Dispose();
}
