using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lab.Trust.Prediction;

/// <summary>
/// A PE32+ file, read strictly: headers, section table, bounds and overlaps are checked before anything is used
/// (Microsoft "PE Format").
/// </summary>
public sealed class PeImage
{
    /// <summary>More sections than this are refused; the Windows loader's limit, and a UKI has about a dozen.</summary>
    public const int MaximumSections = 96;

    /// <summary>Larger images are refused, so that a hostile size cannot make us allocate; a UKI has some 50 MB.</summary>
    public const uint MaximumImageSize = 1u << 30;

    private const int DosHeaderSize = 64;
    private const int SectionHeaderSize = 40;
    private const int DataDirectoryOffset = 112;
    private const int CertificateDirectory = 4;
    private const ushort Pe32Plus = 0x20B;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _optionalHeader;
    private readonly uint _sizeOfHeaders;
    private readonly uint _fileAlignment;
    private readonly int _directoryCount;
    private readonly uint _certificateOffset;
    private readonly uint _certificateSize;

    private PeImage(ReadOnlyMemory<byte> file)
    {
        _file = file;
        ReadOnlySpan<byte> bytes = file.Span;
        _optionalHeader = FindOptionalHeader(bytes);
        ReadOnlySpan<byte> optional = bytes[_optionalHeader..];
        _fileAlignment = BinaryPrimitives.ReadUInt32LittleEndian(optional[36..]);
        SizeOfImage = BinaryPrimitives.ReadUInt32LittleEndian(optional[56..]);
        _sizeOfHeaders = BinaryPrimitives.ReadUInt32LittleEndian(optional[60..]);
        Require(SizeOfImage <= MaximumImageSize, "it is larger than 1 GiB in memory");
        uint directories = BinaryPrimitives.ReadUInt32LittleEndian(optional[108..]);
        Require(directories <= 16, "it claims more than 16 data directories");
        _directoryCount = (int)directories;
        Require(
            _fileAlignment is >= 1 and <= 65536 && uint.IsPow2(_fileAlignment),
            "its file alignment is not a power of two up to 64 KiB"
        );

        int optionalSize = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(_optionalHeader - 4)..]);
        Require(optionalSize >= DataDirectoryOffset + _directoryCount * 8, "its optional header is too short");
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(_optionalHeader - 18)..]);
        Require(count is >= 1 and <= MaximumSections, "it has no sections, or too many");
        int table = _optionalHeader + optionalSize;
        Require(
            table + count * SectionHeaderSize <= _sizeOfHeaders && _sizeOfHeaders <= bytes.Length,
            "its headers do not fit into the file"
        );

        Sections = ReadSections(bytes, table, count);
        if (_directoryCount > CertificateDirectory)
        {
            ReadOnlySpan<byte> entry = optional[(DataDirectoryOffset + CertificateDirectory * 8)..];
            _certificateOffset = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            _certificateSize = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            Require(
                _certificateSize == 0 || (long)_certificateOffset + _certificateSize <= bytes.Length,
                "its certificate table lies outside the file"
            );
        }
    }

    /// <summary>The section table in its own order.</summary>
    public IReadOnlyList<PeSection> Sections { get; }

    /// <summary>Bytes that the loaded image takes.</summary>
    public uint SizeOfImage { get; }

    /// <summary>Reads the headers.</summary>
    /// <param name="file">The file's bytes; kept, not copied.</param>
    /// <exception cref="PredictionException">Not a PE32+ file, or one whose headers contradict themselves.</exception>
    public static PeImage Parse(ReadOnlyMemory<byte> file) => new(file);

    /// <summary>The first section of this name, or null.</summary>
    public PeSection? Find(string name) => Sections.FirstOrDefault(section => section.Name == name);

    /// <summary>
    /// A section as it lies in memory: <see cref="PeSection.VirtualSize"/> bytes, cut or filled up with zeros.
    /// </summary>
    public byte[] LoadedContent(PeSection section)
    {
        Require(section.VirtualSize <= SizeOfImage, $"its section {section.Name} is larger than the image");
        byte[] content = new byte[section.VirtualSize];
        int copied = (int)Math.Min(section.RawSize, section.VirtualSize);
        if (copied > 0)
        {
            // Only then was the offset compared with the file's length.
            _file.Span.Slice((int)section.RawOffset, copied).CopyTo(content);
        }

        return content;
    }

    /// <summary>
    /// The file's hash without checksum and certificates (Microsoft "Windows Authenticode Portable Executable
    /// Signature Format", "Calculating the PE Image Hash"), which is what EFI firmware measures into PCR 4.
    /// </summary>
    public byte[] AuthenticodeSha256()
    {
        ReadOnlySpan<byte> bytes = _file.Span;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int checksum = _optionalHeader + 64;
        hash.AppendData(bytes[..checksum]);
        int afterChecksum = checksum + 4;
        if (_directoryCount > CertificateDirectory)
        {
            int entry = _optionalHeader + DataDirectoryOffset + CertificateDirectory * 8;
            hash.AppendData(bytes[afterChecksum..entry]);
            afterChecksum = entry + 8;
        }

        hash.AppendData(bytes[afterChecksum..(int)_sizeOfHeaders]);
        long hashed = _sizeOfHeaders;
        foreach (PeSection section in InMemoryOrder(Sections))
        {
            int size = (int)AlignedRawSize(section);
            hash.AppendData(bytes.Slice((int)section.RawOffset, size));
            hashed += size;
        }

        // What lies behind the last section counts too, but for as many bytes as the certificates take. They are the
        // last ones in a file; in a kernel as systemd-stub passes it on, zeros follow, and U-Boot leaves those out.
        long end = bytes.Length - (long)_certificateSize;
        if (hashed < end)
        {
            hash.AppendData(bytes[(int)hashed..(int)end]);
        }

        // UEFI firmware pads the image to eight bytes before it hashes.
        hash.AppendData(new byte[(8 - bytes.Length % 8) % 8]);
        return hash.GetHashAndReset();
    }

    private static IEnumerable<PeSection> InMemoryOrder(IEnumerable<PeSection> sections) =>
        sections.Where(section => section.RawSize > 0).OrderBy(section => section.VirtualAddress);

    private long AlignedRawSize(PeSection section) =>
        ((long)section.RawSize + _fileAlignment - 1) / _fileAlignment * _fileAlignment;

    private List<PeSection> ReadSections(ReadOnlySpan<byte> bytes, int table, int count)
    {
        var sections = new List<PeSection>(count);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> header = bytes.Slice(table + index * SectionHeaderSize, SectionHeaderSize);
            int nameLength = header[..8].IndexOf((byte)0);
            ReadOnlySpan<byte> name = header[..(nameLength < 0 ? 8 : nameLength)];
            Require(!name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E), "a section's name is not plain ASCII");
            var section = new PeSection(
                Encoding.ASCII.GetString(name),
                BinaryPrimitives.ReadUInt32LittleEndian(header[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[12..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(header[20..])
            );
            Require(
                section.RawSize == 0
                    || (section.RawOffset >= _sizeOfHeaders && section.RawOffset + AlignedRawSize(section) <= bytes.Length),
                $"its section {section.Name} lies outside the file"
            );
            sections.Add(section);
        }

        RequireNoOverlap(sections);
        return sections;
    }

    private void RequireNoOverlap(List<PeSection> sections)
    {
        // Hashing goes by address, files lie by offset: only where both orders agree does the hash cover every byte once.
        long previousEnd = 0;
        foreach (PeSection section in InMemoryOrder(sections))
        {
            Require(section.RawOffset >= previousEnd, $"its section {section.Name} overlaps another, or is out of order");
            previousEnd = section.RawOffset + AlignedRawSize(section);
        }
    }

    private static int FindOptionalHeader(ReadOnlySpan<byte> bytes)
    {
        Require(bytes.Length >= DosHeaderSize && bytes[0] == 'M' && bytes[1] == 'Z', "it has no MZ header");
        uint signature = BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x3C..]);
        Require(signature <= bytes.Length - (24L + DataDirectoryOffset), "its PE header lies outside the file");
        ReadOnlySpan<byte> header = bytes[(int)signature..];
        Require(BinaryPrimitives.ReadUInt32LittleEndian(header) == 0x00004550, "it has no PE signature");
        Require(BinaryPrimitives.ReadUInt16LittleEndian(header[24..]) == Pe32Plus, "it is not of the 64-bit kind");
        return (int)signature + 24;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new PredictionException($"Not a PE file that firmware would start: {problem}.");
        }
    }
}
