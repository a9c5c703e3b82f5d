using System.Buffers.Binary;
using System.Text;

namespace Lab.Emulation.Images;

/// <summary>
/// Makes a unified kernel image: appends sections to systemd's EFI stub (UAPI Group specification "Unified Kernel
/// Image"; Microsoft "PE Format" for the headers). The same inputs give the same bytes.
/// </summary>
internal static class UkiBuilder
{
    private const int SectionHeaderSize = 40;
    private const ushort Pe32Plus = 0x20B;

    /// <summary>IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ.</summary>
    private const uint ReadOnlyData = 0x40000040;

    /// <summary>
    /// Builds the image. <c>.linux</c> goes last and gets the memory its own PE header asks for, so that the kernel
    /// finds room for its zero-initialised data.
    /// </summary>
    /// <exception cref="InvalidDataException">The stub or the kernel is not a PE32+ file, or the headers are full.</exception>
    public static UkiImage Build(
        byte[] stub,
        string osRelease,
        string commandLine,
        string kernelRelease,
        byte[] initrd,
        byte[] kernel
    ) =>
        Append(
            stub,
            [
                Plain(".osrel", Encoding.UTF8.GetBytes(osRelease)),
                Plain(".cmdline", Encoding.UTF8.GetBytes(commandLine)),
                Plain(".uname", Encoding.UTF8.GetBytes(kernelRelease)),
                Plain(".initrd", initrd),
                new UkiSection(".linux", kernel, Math.Max(kernel.Length, SizeOfImage(kernel))),
            ]
        );

    /// <summary>Appends the sections in the order given.</summary>
    /// <exception cref="InvalidDataException">The stub is not a PE32+ file, or its headers have no room left.</exception>
    public static UkiImage Append(byte[] stub, IReadOnlyList<UkiSection> sections)
    {
        var layout = PeLayout.Read(stub);
        int tableEnd = layout.SectionTable + (layout.SectionCount + sections.Count) * SectionHeaderSize;
        if (tableEnd > layout.FirstRawData || tableEnd > layout.SizeOfHeaders)
        {
            throw new InvalidDataException($"The EFI stub's headers have no room for {sections.Count} more sections.");
        }

        long end = Align(stub.Length, layout.FileAlignment);
        var ranges = new Dictionary<string, ByteRange>(StringComparer.Ordinal);
        long total = sections.Aggregate(end, (sum, section) => sum + Align(section.Content.Length, layout.FileAlignment));
        byte[] image = new byte[checked((int)total)];
        stub.CopyTo(image, 0);

        uint address = (uint)Align(layout.EndOfMemory, layout.SectionAlignment);
        uint initialised = layout.SizeOfInitializedData;
        for (int index = 0; index < sections.Count; index++)
        {
            UkiSection section = sections[index];
            uint rawSize = (uint)Align(section.Content.Length, layout.FileAlignment);
            section.Content.Span.CopyTo(image.AsSpan((int)end));
            int header = layout.SectionTable + (layout.SectionCount + index) * SectionHeaderSize;
            WriteHeader(image.AsSpan(header, SectionHeaderSize), section, address, rawSize, (uint)end);
            ranges.Add(section.Name, new ByteRange(end, section.Content.Length));
            initialised += rawSize;
            end += rawSize;
            address = (uint)Align(address + (long)section.MemorySize, layout.SectionAlignment);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(
            image.AsSpan(layout.CoffHeader + 2),
            (ushort)(layout.SectionCount + sections.Count)
        );
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(layout.OptionalHeader + 8), initialised);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(layout.OptionalHeader + 56), address);
        return new UkiImage(image, ranges);
    }

    /// <summary>SizeOfImage of a PE file, as a kernel with an EFI stub has it.</summary>
    /// <exception cref="InvalidDataException">Not a PE32+ file.</exception>
    public static int SizeOfImage(byte[] image)
    {
        int optional = PeLayout.FindOptionalHeader(image);
        return checked((int)BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(optional + 56)));
    }

    private static UkiSection Plain(string name, byte[] content) => new(name, content, content.Length);

    private static void WriteHeader(Span<byte> header, UkiSection section, uint address, uint rawSize, uint offset)
    {
        if (section.Name.Length > 8 || section.MemorySize < section.Content.Length)
        {
            throw new ArgumentException($"Section '{section.Name}' cannot be described in a PE header.", nameof(section));
        }

        header.Clear();
        Encoding.ASCII.GetBytes(section.Name, header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)section.MemorySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], address);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], rawSize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(header[36..], ReadOnlyData);
    }

    private static long Align(long value, long unit) => (value + unit - 1) / unit * unit;

    private sealed record PeLayout(
        int CoffHeader,
        int OptionalHeader,
        int SectionTable,
        int SectionCount,
        uint SectionAlignment,
        uint FileAlignment,
        uint SizeOfHeaders,
        uint SizeOfInitializedData,
        uint FirstRawData,
        uint EndOfMemory
    )
    {
        public static int FindOptionalHeader(ReadOnlySpan<byte> image)
        {
            if (image.Length < 64 || image[0] != 'M' || image[1] != 'Z')
            {
                throw new InvalidDataException("Not a PE file: no MZ header.");
            }

            uint signature = BinaryPrimitives.ReadUInt32LittleEndian(image[0x3C..]);
            if (
                signature > image.Length - (24 + 112)
                || BinaryPrimitives.ReadUInt32LittleEndian(image[(int)signature..]) != 0x00004550
                || BinaryPrimitives.ReadUInt16LittleEndian(image[((int)signature + 24)..]) != Pe32Plus
            )
            {
                throw new InvalidDataException("Not a PE32+ file.");
            }

            return (int)signature + 24;
        }

        public static PeLayout Read(ReadOnlySpan<byte> image)
        {
            int optional = FindOptionalHeader(image);
            int coff = optional - 20;
            int count = BinaryPrimitives.ReadUInt16LittleEndian(image[(coff + 2)..]);
            int table = optional + BinaryPrimitives.ReadUInt16LittleEndian(image[(coff + 16)..]);
            uint sectionAlignment = BinaryPrimitives.ReadUInt32LittleEndian(image[(optional + 32)..]);
            uint fileAlignment = BinaryPrimitives.ReadUInt32LittleEndian(image[(optional + 36)..]);
            if (table + (long)count * SectionHeaderSize > image.Length || sectionAlignment == 0 || fileAlignment == 0)
            {
                throw new InvalidDataException("The PE file's section table lies outside the file.");
            }

            uint first = uint.MaxValue;
            uint end = 0;
            for (int index = 0; index < count; index++)
            {
                ReadOnlySpan<byte> header = image.Slice(table + index * SectionHeaderSize, SectionHeaderSize);
                uint memory = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
                uint address = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
                uint rawSize = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
                uint raw = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
                end = Math.Max(end, address + Math.Max(memory, rawSize));
                first = rawSize > 0 ? Math.Min(first, raw) : first;
            }

            return new PeLayout(
                coff,
                optional,
                table,
                count,
                sectionAlignment,
                fileAlignment,
                BinaryPrimitives.ReadUInt32LittleEndian(image[(optional + 60)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(image[(optional + 8)..]),
                first,
                end
            );
        }
    }
}
