using System.Buffers.Binary;

namespace Lab.Trust.Tpm;

/// <summary>Reads TPM structures, big-endian, from a span; every read checks what is left. Errors are <see cref="TpmFormatException"/>.</summary>
internal ref struct TpmReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> buffer = buffer;

    public int Offset { get; private set; }

    public readonly int Remaining => buffer.Length - Offset;

    public byte U8() => Bytes(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Bytes(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64BigEndian(Bytes(8));

    public TpmAlgorithm Algorithm() => (TpmAlgorithm)U16();

    /// <summary>TPMI_YES_NO: Part 2, 9.2 allows 0 and 1 only.</summary>
    public bool YesNo()
    {
        var value = U8();
        return value <= 1 ? value == 1 : throw Bad($"0x{value:X2} is neither YES nor NO", 1);
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Bad($"{count} bytes are needed and {Remaining} are left");
        }

        var bytes = buffer.Slice(Offset, count);
        Offset += count;
        return bytes;
    }

    /// <summary>The contents of a TPM2B, which may not be longer than <paramref name="limit"/> bytes.</summary>
    public ReadOnlySpan<byte> Sized(int limit = ushort.MaxValue)
    {
        var size = U16();
        return size <= limit ? Bytes(size) : throw Bad($"a size of {size} is above the limit of {limit}", 2);
    }

    /// <summary>Demands that the whole buffer was consumed: bytes behind a structure are an attack or a mistake.</summary>
    public readonly void End(string structure)
    {
        if (Remaining != 0)
        {
            throw Bad($"{Remaining} bytes are left behind {structure}");
        }
    }

    public readonly TpmFormatException Bad(string problem, int back = 0) => new(Offset - back, problem);
}
