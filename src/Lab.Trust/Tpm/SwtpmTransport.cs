using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Lab.Trust.Tpm;

/// <summary>
/// A software TPM's data channel (<c>swtpm socket --server type=unixio|tcp</c>): raw commands and responses over a stream.
/// The TPM must be initialised already (control channel, or swtpm's <c>--flags startup-clear</c>).
/// </summary>
public sealed class SwtpmTransport : ITpmTransport
{
    private readonly Socket socket;
    private readonly EndPoint endPoint;

    /// <summary>Connects at once.</summary>
    /// <param name="endPoint">A <see cref="UnixDomainSocketEndPoint"/> or an IP end point.</param>
    /// <exception cref="TpmTransportException">Nobody listens there.</exception>
    public SwtpmTransport(EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        this.endPoint = endPoint;
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TpmTransportException($"No software TPM listens at {endPoint}: {e.Message}.", e);
        }
    }

    /// <inheritdoc/>
    public byte[] Exchange(ReadOnlySpan<byte> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A blocking receive can only be ended by closing the socket beneath it.
        using var closing = cancellationToken.Register(static state => ((Socket)state!).Dispose(), socket);
        try
        {
            SendAll(command);
            Span<byte> header = stackalloc byte[Tpm2.HeaderSize];
            ReceiveAll(header);
            var size = BinaryPrimitives.ReadUInt32BigEndian(header[2..]);
            if (size is < Tpm2.HeaderSize or > Tpm2.MaxMessageSize)
            {
                throw new TpmTransportException($"The TPM at {endPoint} announces a response of {size} bytes.");
            }

            var response = new byte[size];
            header.CopyTo(response);
            ReceiveAll(response.AsSpan(Tpm2.HeaderSize));
            return response;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TpmTransportException($"The TPM at {endPoint} went away: {e.Message}.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private void ReceiveAll(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = socket.Receive(bytes);
            if (count == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            bytes = bytes[count..];
        }
    }
}
