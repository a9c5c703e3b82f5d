using System.Buffers.Binary;

namespace Lab.Emulation.Tpm;

/// <summary>
/// The frames that QEMU sends on a TPM control channel: a big-endian command and a body whose length follows from the command
/// (<c>tpm_ioctl.h</c>).
/// </summary>
internal static class TpmControlRequest
{
    /// <summary>The most bytes one request may have. A TPM's whole state is some 10 KiB.</summary>
    public const int MaximumLength = 1 << 20;

    private const int CommandLength = 4;

    /// <summary>How long the request that begins so is, or 0 when more bytes must come before that can be told.</summary>
    /// <exception cref="InvalidDataException">There is no such command, or it is longer than any TPM needs.</exception>
    public static int LengthOf(ReadOnlySpan<byte> begun)
    {
        if (begun.Length < CommandLength)
            return 0;
        var command = CommandOf(begun);
        return command switch
        {
            TpmControlCommand.Init
            or TpmControlCommand.SetLocality
            or TpmControlCommand.ResetEstablished
            or TpmControlCommand.SetBufferSize
            or TpmControlCommand.LockStorage => CommandLength + 4,
            TpmControlCommand.GetInfo => CommandLength + 8,
            TpmControlCommand.GetStateBlob => CommandLength + 12,
            // Flags, type, length, and then the blob.
            TpmControlCommand.SetStateBlob => WithData(begun, headerLength: CommandLength + 12),
            TpmControlCommand.HashData => WithData(begun, headerLength: CommandLength + 4),
            >= TpmControlCommand.GetCapability and <= TpmControlCommand.LockStorage => CommandLength,
            _ => throw new InvalidDataException($"There is no TPM control command {(uint)command}."),
        };
    }

    public static TpmControlCommand CommandOf(ReadOnlySpan<byte> request) =>
        (TpmControlCommand)BinaryPrimitives.ReadUInt32BigEndian(request);

    /// <summary>A request with a body of that many bytes of data and their length before them.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        var request = new byte[CommandLength + 4 + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(request, (uint)TpmControlCommand.HashData);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(CommandLength), (uint)data.Length);
        data.CopyTo(request.AsSpan(CommandLength + 4));
        return request;
    }

    /// <summary>A request that is only its command.</summary>
    public static byte[] Plain(TpmControlCommand command)
    {
        var request = new byte[CommandLength];
        BinaryPrimitives.WriteUInt32BigEndian(request, (uint)command);
        return request;
    }

    private static int WithData(ReadOnlySpan<byte> begun, int headerLength)
    {
        if (begun.Length < headerLength)
            return 0;
        var data = BinaryPrimitives.ReadUInt32BigEndian(begun[(headerLength - 4)..]);
        return data <= MaximumLength - headerLength
            ? headerLength + (int)data
            : throw new InvalidDataException($"A TPM control request announces {data} bytes of data.");
    }
}
