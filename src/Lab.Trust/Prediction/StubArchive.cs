using System.Globalization;
using System.Text;

namespace Lab.Trust.Prediction;

/// <summary>The cpio archive that systemd-stub wraps around a section, to hand it to user space under <c>/.extra</c>.</summary>
internal static class StubArchive
{
    private const string Folder = ".extra";
    private const uint FolderMode = 0x416D; // 040555
    private const uint FileMode = 0x8124; // 0100444

    public static byte[] Wrap(string fileName, byte[] content)
    {
        var archive = new List<byte>();
        AddEntry(archive, 1, FolderMode, Folder, []);
        AddEntry(archive, 2, FileMode, $"{Folder}/{fileName}", content);
        AddText(archive, "070701");
        for (int field = 0; field < 13; field++)
        {
            AddText(
                archive,
                field switch
                {
                    4 => "00000001",
                    11 => "0000000B",
                    _ => "00000000",
                }
            );
        }

        AddText(archive, "TRAILER!!!\0");
        Pad(archive);
        return [.. archive];
    }

    private static void AddEntry(List<byte> archive, uint inode, uint mode, string name, byte[] content)
    {
        AddText(archive, "070701");
        foreach (
            uint field in (ReadOnlySpan<uint>)
                [inode, mode, 0, 0, 1, 0, (uint)content.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0]
        )
        {
            AddText(archive, field.ToString("x8", CultureInfo.InvariantCulture));
        }

        AddText(archive, name + "\0");
        Pad(archive);
        archive.AddRange(content);
        Pad(archive);
    }

    private static void AddText(List<byte> archive, string text) => archive.AddRange(Encoding.ASCII.GetBytes(text));

    private static void Pad(List<byte> archive) => archive.AddRange(new byte[(4 - archive.Count % 4) % 4]);
}
