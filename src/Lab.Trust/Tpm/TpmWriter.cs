using System.Buffers;
using System.Buffers.Binary;

namespace Lab.Trust.Tpm;

/// <summary>Writes TPM structures, big-endian.</summary>
internal sealed class TpmWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    public TpmWriter U8(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
        return this;
    }

    public TpmWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
        return this;
    }

    public TpmWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    public TpmWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
        return this;
    }

    public TpmWriter Algorithm(TpmAlgorithm value) => U16((ushort)value);

    public TpmWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        return this;
    }

    /// <summary>A TPM2B: a 16-bit size, then the bytes.</summary>
    /// <exception cref="ArgumentException">More bytes than a 16-bit size can say.</exception>
    public TpmWriter Sized(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A TPM2B holds at most 65535 bytes, not {bytes.Length}.", nameof(bytes));
        }

        return U16((ushort)bytes.Length).Bytes(bytes);
    }
}
