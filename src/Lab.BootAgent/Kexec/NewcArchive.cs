using System.Buffers;
using System.Globalization;
using System.Text;

namespace Lab.BootAgent.Kexec;

/// <summary>A cpio archive in the form that kernels unpack (Linux: Documentation/driver-api/early-userspace/buffer-format.rst).</summary>
internal sealed class NewcArchive
{
    private const uint DirectoryMode = 0x4000 | 0x1ED; // 0755
    private const uint FileMode = 0x8000 | 0x100; // 0400: root alone

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private uint _inode;

    /// <summary>Adds a file, readable by root alone, and the folders above it.</summary>
    /// <param name="path">Relative, with forward slashes.</param>
    /// <param name="content">Its bytes.</param>
    public NewcArchive File(string path, ReadOnlySpan<byte> content)
    {
        AddFoldersAbove(path);
        Header(path, FileMode, content.Length);
        _bytes.Write(content);
        Pad();
        return this;
    }

    /// <summary>The archive with its trailer.</summary>
    public byte[] ToBytes()
    {
        Header("TRAILER!!!", 0, 0);
        return _bytes.WrittenSpan.ToArray();
    }

    /// <summary>
    /// What goes before and after one more file's content, the last one: so content of any size is an archive where it lies, and is
    /// not copied into one.
    /// </summary>
    /// <param name="path">Relative, with forward slashes.</param>
    /// <param name="size">Bytes of the content.</param>
    public (byte[] Head, byte[] Tail) Around(string path, int size)
    {
        AddFoldersAbove(path);
        Header(path, FileMode, size);
        var head = _bytes.WrittenSpan.ToArray();
        // The head ends aligned, so the content's size alone says what is missing behind it.
        byte[] tail = [.. new byte[-size & 3], .. new NewcArchive().ToBytes()];
        return (head, tail);
    }

    private void AddFoldersAbove(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (_directories.Add(path[..slash]))
                Header(path[..slash], DirectoryMode, 0);
        }
    }

    private void Header(string name, uint mode, int size)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name + "\0");
        ReadOnlySpan<uint> fields =
        [
            ++_inode,
            mode,
            0, // uid
            0, // gid
            1, // nlink
            0, // mtime
            (uint)size,
            0, // device major, minor
            0,
            0, // special file's major, minor
            0,
            (uint)nameBytes.Length,
            0, // checksum, not in this form
        ];
        var header = new StringBuilder("070701");
        foreach (var field in fields)
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        _bytes.Write(Encoding.ASCII.GetBytes(header.ToString()));
        _bytes.Write(nameBytes);
        Pad();
    }

    private void Pad()
    {
        var padding = -_bytes.WrittenCount & 3;
        _bytes.GetSpan(4)[..padding].Clear();
        _bytes.Advance(padding);
    }
}
