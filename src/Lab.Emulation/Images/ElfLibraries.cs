using System.Buffers.Binary;
using System.Text;

namespace Lab.Emulation.Images;

/// <summary>Which shared libraries a 64-bit little-endian ELF file asks for (System V ABI, dynamic section).</summary>
internal static class ElfLibraries
{
    private const int DynamicSegment = 2;
    private const int LoadSegment = 1;
    private const long Needed = 1;
    private const long StringTable = 5;

    /// <summary>The DT_NEEDED names; none for a static file.</summary>
    /// <exception cref="InvalidDataException">Not such a file, or its tables lie outside it.</exception>
    public static IReadOnlyList<string> Needs(byte[] file)
    {
        if (file.Length < 64 || !file.AsSpan(0, 6).SequenceEqual<byte>([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        }

        (long Offset, long Address, long Size)[] loads = [.. Segments(file, LoadSegment)];
        foreach ((long offset, _, long size) in Segments(file, DynamicSegment))
        {
            return Names(file, [.. Entries(file, offset, size)], loads);
        }

        return [];
    }

    private static List<string> Names(
        byte[] file,
        (long Tag, long Value)[] entries,
        (long Offset, long Address, long Size)[] loads
    )
    {
        long table = entries.FirstOrDefault(entry => entry.Tag == StringTable).Value;
        (long offset, long address, _) = loads.FirstOrDefault(load => table >= load.Address && table < load.Address + load.Size);
        var names = new List<string>();
        foreach ((_, long value) in entries.Where(entry => entry.Tag == Needed))
        {
            ReadOnlySpan<byte> rest = Slice(file, table - address + offset + value, 1, toEnd: true);
            int end = rest.IndexOf((byte)0);
            names.Add(
                end > 0 ? Encoding.ASCII.GetString(rest[..end]) : throw new InvalidDataException("An ELF name has no end.")
            );
        }

        return names;
    }

    private static IEnumerable<(long Offset, long Address, long Size)> Segments(byte[] file, uint type)
    {
        long table = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(32));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(54));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(56));
        for (int index = 0; index < count; index++)
        {
            byte[] header = Slice(file, table + (long)index * size, 56).ToArray();
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == type)
            {
                yield return (
                    BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)),
                    BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16)),
                    BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(32))
                );
            }
        }
    }

    private static IEnumerable<(long Tag, long Value)> Entries(byte[] file, long offset, long size)
    {
        for (long at = offset; at + 16 <= offset + size; at += 16)
        {
            byte[] entry = Slice(file, at, 16).ToArray();
            long tag = BinaryPrimitives.ReadInt64LittleEndian(entry);
            if (tag == 0)
            {
                yield break;
            }

            yield return (tag, BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(8)));
        }
    }

    private static ReadOnlySpan<byte> Slice(byte[] file, long offset, int length, bool toEnd = false) =>
        offset >= 0 && offset <= file.Length - length
            ? file.AsSpan((int)offset, toEnd ? file.Length - (int)offset : length)
            : throw new InvalidDataException("An ELF table lies outside the file.");
}
