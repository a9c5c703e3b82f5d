using System.Buffers.Binary;
using System.Text;

namespace Lab.Trust.Tests.Prediction;

/// <summary>Makes small PE32+ files from the specification, by nothing that is under test.</summary>
internal static class SyntheticPe
{
    public const int FileAlignment = 512;
    public const int MemoryAlignment = 4096;
    public const int HeaderSize = 1024;
    public const int ChecksumOffset = 64 + 24 + 64;
    public const int CertificateEntry = 64 + 24 + 112 + 4 * 8;
    public const int SectionTable = 64 + 24 + 240;

    public static byte[] Build(params (string Name, byte[] Content)[] sections)
    {
        int size = HeaderSize + sections.Sum(section => Align(section.Content.Length, FileAlignment));
        byte[] file = new byte[size];
        file[0] = (byte)'M';
        file[1] = (byte)'Z';
        Put32(file, 0x3C, 64);
        Put32(file, 64, 0x00004550);
        Put16(file, 68, 0xAA64);
        Put16(file, 70, (ushort)sections.Length);
        Put16(file, 64 + 20, 240);
        int optional = 64 + 24;
        Put16(file, optional, 0x20B);
        Put32(file, optional + 32, MemoryAlignment);
        Put32(file, optional + 36, FileAlignment);
        Put32(file, optional + 60, HeaderSize);
        Put32(file, optional + 108, 16);
        int address = MemoryAlignment;
        int offset = HeaderSize;
        for (int index = 0; index < sections.Length; index++)
        {
            (string name, byte[] content) = sections[index];
            int header = SectionTable + index * 40;
            Encoding.ASCII.GetBytes(name).CopyTo(file, header);
            Put32(file, header + 8, (uint)content.Length);
            Put32(file, header + 12, (uint)address);
            Put32(file, header + 16, (uint)Align(content.Length, FileAlignment));
            Put32(file, header + 20, (uint)offset);
            content.CopyTo(file, offset);
            offset += Align(content.Length, FileAlignment);
            address += Align(content.Length, MemoryAlignment);
        }

        Put32(file, optional + 56, (uint)address);
        return file;
    }

    public static byte[] WithCertificate(byte[] file, byte[] certificate)
    {
        byte[] signed = [.. file, .. certificate];
        Put32(signed, CertificateEntry, (uint)file.Length);
        Put32(signed, CertificateEntry + 4, (uint)certificate.Length);
        return signed;
    }

    public static void Put32(byte[] file, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);

    private static void Put16(byte[] file, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

    private static int Align(int value, int unit) => (value + unit - 1) / unit * unit;
}
