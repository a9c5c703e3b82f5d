using System.Buffers.Binary;

namespace Lab.Trust.EventLogs;

/// <summary>Reads little-endian log structures and keeps the offset for errors.</summary>
internal ref struct LogReader(ReadOnlySpan<byte> buffer, int origin = 0)
{
    private readonly ReadOnlySpan<byte> buffer = buffer;
    private readonly int origin = origin;

    /// <summary>Bytes read so far from this buffer.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => buffer.Length - Position;

    public byte U8(string what) => Bytes(1, what)[0];

    public ushort U16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2, what));

    public uint U32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4, what));

    public ulong U64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8, what));

    public Guid Guid(string what) => new(Bytes(16, what));

    public ReadOnlySpan<byte> Bytes(int count, string what)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Bad($"{what} needs {(uint)count} bytes and {Remaining} are left");
        }

        var bytes = buffer.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>A 32-bit size that must not exceed a limit.</summary>
    public int Size(string what, int limit)
    {
        var size = U32(what);
        return size <= limit ? (int)size : throw Bad($"{what} is {size}, above the limit of {limit}", 4);
    }

    public readonly void End(string what)
    {
        if (Remaining != 0)
        {
            throw Bad($"{Remaining} bytes are left behind {what}");
        }
    }

    public readonly EventLogException Bad(string problem, int back = 0) => new(origin + Position - back, problem);
}
