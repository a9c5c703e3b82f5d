using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Lab.Model.Errors;
using Microsoft.Win32.SafeHandles;

namespace Lab.Host.Networks;

/// <summary>
/// A port of the loopback interface kept for a program that cannot be handed a socket: bound here but never listened on, so that only a program
/// of the same user that asks for SO_REUSEPORT can have it, again and again. socket(7).
/// </summary>
public sealed partial class HeldPort : IDisposable
{
    private readonly SafeFileHandle _socket;

    private HeldPort(SafeFileHandle socket, int port)
    {
        _socket = socket;
        Port = port;
    }

    /// <summary>The port's number.</summary>
    public int Port { get; }

    /// <summary>Takes a port that the kernel chooses.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static HeldPort Take()
    {
        const int Internet = 2;
        const int StreamClosedOnExec = 0x80001;
        const int SocketLevel = 1;
        const int ReusePort = 15;
        // Not by .NET's Socket: it asks for SO_REUSEADDR, and any program that does so too could have the port as long as nobody listens.
        var socket = OpenSocket(Internet, StreamClosedOnExec, 0);
        // sockaddr_in: family in the machine's order, port and address in the network's. ip(7)
        Span<byte> address = stackalloc byte[16];
        BitConverter.TryWriteBytes(address, (short)Internet);
        IPAddress.Loopback.TryWriteBytes(address[4..], out _);
        var length = address.Length;
        var one = 1;
        if (
            socket.IsInvalid
            || SetOption(socket, SocketLevel, ReusePort, ref one, sizeof(int)) != 0
            || Bind(socket, ref address[0], length) != 0
            || GetName(socket, ref address[0], ref length) != 0
        )
        {
            socket.Dispose();
            throw new LabException($"no port can be had: {Marshal.GetLastPInvokeErrorMessage()}", "127.0.0.1");
        }
        return new HeldPort(socket, BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
    }

    /// <summary>Gives it back.</summary>
    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle socket, int level, int name, ref int value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, ref byte address, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(SafeFileHandle socket, ref byte address, ref int length);
}
