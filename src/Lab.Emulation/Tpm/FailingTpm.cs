using System.Buffers.Binary;
using System.Net.Sockets;

namespace Lab.Emulation.Tpm;

/// <summary>A TPM in failure mode, as far as it can be seen on its command interface.</summary>
internal static class FailingTpm
{
    // TPM 2.0 Library part 2: TPM_ST_NO_SESSIONS, size, TPM_RC_FAILURE.
    private static readonly byte[] Failure = [0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x01, 0x01];

    private const int HeaderLength = 10;

    // More than any TPM's command buffer.
    private const int MaximumLength = 64 * 1024;

    /// <summary>How long the command that begins so is, or 0 when more bytes must come first.</summary>
    /// <exception cref="InvalidDataException">No command is that short or that long.</exception>
    public static int LengthOf(ReadOnlySpan<byte> begun)
    {
        if (begun.Length < HeaderLength)
            return 0;
        var length = BinaryPrimitives.ReadUInt32BigEndian(begun[2..]);
        return length is >= HeaderLength and <= MaximumLength
            ? (int)length
            : throw new InvalidDataException($"a TPM command announces {length} bytes");
    }

    /// <summary>Answers every command with TPM_RC_FAILURE until the connection ends.</summary>
    public static async Task AnswerAsync(Socket board, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaximumLength];
        var begun = 0;
        try
        {
            int count;
            while ((count = await board.ReceiveAsync(buffer.AsMemory(begun), SocketFlags.None, cancellationToken)) > 0)
            {
                begun += count;
                var length = LengthOf(buffer.AsSpan(0, begun));
                if (length == 0 || begun < length)
                    continue;
                buffer.AsSpan(length, begun - length).CopyTo(buffer);
                begun -= length;
                await board.SendAsync(Failure, SocketFlags.None, cancellationToken);
            }
        }
        catch (Exception exception)
            when (exception is SocketException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The board is gone, or talks nonsense to a broken TPM: nothing is owed to it.
        }
    }
}
