using System.Net.Sockets;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Lab.Emulation.Tpm;

/// <summary>A connected Unix socket over which file descriptors can be handed on (SCM_RIGHTS, unix(7)).</summary>
internal sealed class DescriptorSocket(Socket socket) : IDisposable
{
    private const int MaximumDescriptors = 1;

    /// <summary>The socket itself, for everything without descriptors.</summary>
    public Socket Socket { get; } = socket;

    public static async Task<DescriptorSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new DescriptorSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A pair of connected descriptors, closed on exec.</summary>
    public static unsafe (int First, int Second) CreatePair()
    {
        var pair = stackalloc int[2];
        return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0
            ? (pair[0], pair[1])
            : throw new IOException($"socketpair failed with error {errno}");
    }

    /// <summary>Receives what is there, waiting until there is something.</summary>
    /// <returns>The number of bytes, 0 at the end, and the descriptor that came with them, or -1. The caller must close it.</returns>
    /// <exception cref="IOException">The connection broke, or more than one descriptor came.</exception>
    public async Task<(int Count, int Descriptor)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Completes when there is something to read, or at the end.
            await Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken);
            if (TryReceive(buffer.Span, out var count, out var descriptor))
                return (count, descriptor);
        }
    }

    /// <summary>Sends the bytes, the descriptor with the first of them.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, int descriptor, CancellationToken cancellationToken)
    {
        if (descriptor >= 0)
            bytes = bytes[SendWith(bytes.Span, descriptor)..];
        while (bytes.Length > 0)
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
    }

    public void Dispose() => Socket.Dispose();

    private unsafe bool TryReceive(Span<byte> buffer, out int count, out int descriptor)
    {
        var control = stackalloc byte[CMSG_SPACE(sizeof(int) * MaximumDescriptors)];
        descriptor = -1;
        fixed (byte* bytes = buffer)
        {
            var vector = new iovec { iov_base = bytes, iov_len = buffer.Length };
            var header = new msghdr
            {
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = CMSG_SPACE(sizeof(int) * MaximumDescriptors),
            };
            count = (int)recvmsg(Descriptor, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            if (count < 0)
                return errno == EAGAIN || errno == EINTR ? false : throw new IOException($"recvmsg failed with error {errno}");
            for (var part = CMSG_FIRSTHDR(&header); part != null; part = CMSG_NXTHDR(&header, part))
            {
                if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
                    descriptor = *(int*)CMSG_DATA(part);
            }
            if ((header.msg_flags & MSG_CTRUNC) == 0)
                return true;
            CloseDescriptor(descriptor);
            throw new IOException("more than one descriptor came at once");
        }
    }

    private unsafe int SendWith(ReadOnlySpan<byte> bytes, int descriptor)
    {
        var control = stackalloc byte[CMSG_SPACE(sizeof(int))];
        fixed (byte* start = bytes)
        {
            var vector = new iovec { iov_base = start, iov_len = bytes.Length };
            var header = new msghdr
            {
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = CMSG_SPACE(sizeof(int)),
            };
            var part = CMSG_FIRSTHDR(&header);
            part->cmsg_level = SOL_SOCKET;
            part->cmsg_type = SCM_RIGHTS;
            part->cmsg_len = CMSG_LEN(sizeof(int));
            *(int*)CMSG_DATA(part) = descriptor;
            var sent = (int)sendmsg(Descriptor, &header, MSG_NOSIGNAL);
            return sent >= 0 ? sent : throw new IOException($"sendmsg failed with error {errno}");
        }
    }

    /// <summary>Closes a raw descriptor, if it is one.</summary>
    public static void CloseDescriptor(int descriptor)
    {
        if (descriptor >= 0)
            _ = close(descriptor);
    }

    private int Descriptor => (int)Socket.SafeHandle.DangerousGetHandle();
}
