using System.Buffers.Binary;

namespace Lab.Emulation.Tpm;

/// <summary>The frames that swtpm answers on its control channel: <c>tpm_ioctl.h</c>, all numbers big-endian.</summary>
internal static class TpmControlResponse
{
    /// <summary>How long the response that begins so is, or 0 when more bytes must come before that can be told.</summary>
    /// <exception cref="InvalidDataException">It announces more than any TPM has.</exception>
    public static int LengthOf(TpmControlCommand command, ReadOnlySpan<byte> begun)
    {
        const int Result = 4;
        // All capabilities as one 64-bit number, without a result before it.
        if (command == TpmControlCommand.GetCapability)
            return 8;
        if (begun.Length < Result)
            return 0;
        // Of a failed command only the result is sure to come.
        if (BinaryPrimitives.ReadUInt32BigEndian(begun) != 0)
            return Result;
        return command switch
        {
            // Result, a bit and three bytes of padding; result and flags.
            TpmControlCommand.GetEstablished or TpmControlCommand.GetConfig => 8,
            // Result, set size, least size, greatest size.
            TpmControlCommand.SetBufferSize => 16,
            // Result, flags, total length, length, blob.
            TpmControlCommand.GetStateBlob => WithData(begun, headerLength: 16),
            // Result, total length, length, text.
            TpmControlCommand.GetInfo => WithData(begun, headerLength: 12),
            _ => Result,
        };
    }

    private static int WithData(ReadOnlySpan<byte> begun, int headerLength)
    {
        if (begun.Length < headerLength)
            return 0;
        var data = BinaryPrimitives.ReadUInt32BigEndian(begun[(headerLength - 4)..]);
        return data <= TpmControlRequest.MaximumLength
            ? headerLength + (int)data
            : throw new InvalidDataException($"swtpm announces {data} bytes of data");
    }
}
