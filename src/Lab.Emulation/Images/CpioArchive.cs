using System.Buffers;
using System.Globalization;
using System.Text;

namespace Lab.Emulation.Images;

/// <summary>
/// Writes a cpio archive in the "new ASCII" form that Linux unpacks as an initramfs
/// (Documentation/driver-api/early-userspace/buffer-format in the kernel's tree).
/// </summary>
/// <remarks>
/// The same entries in the same order give the same bytes: the modification time is 0, the owner is root and inode
/// numbers count up. Parent folders that were not added are added with mode 0755 before their first entry.
/// </remarks>
internal sealed class CpioArchive
{
    /// <summary>Mode 0755.</summary>
    public const uint Executable = 0x1ED;

    /// <summary>Mode 0644.</summary>
    public const uint Readable = 0x1A4;

    private const uint DirectoryType = 0x4000;
    private const uint CharacterDeviceType = 0x2000;
    private const uint FileType = 0x8000;
    private const uint LinkType = 0xA000;

    private readonly ArrayBufferWriter<byte> _archive = new();
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private uint _inode = 1;

    /// <summary>Adds a folder. A folder that is already there is left as it is.</summary>
    public CpioArchive Directory(string path, uint mode = Executable)
    {
        string name = Normalise(path);
        if (_paths.Contains(name))
        {
            return this;
        }

        AddParents(name);
        Write(name, DirectoryType | mode, [], 2, 0, 0);
        return this;
    }

    /// <summary>Adds a regular file.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    public CpioArchive File(string path, ReadOnlySpan<byte> content, uint mode = Readable)
    {
        string name = Claim(path);
        Write(name, FileType | mode, content, 1, 0, 0);
        return this;
    }

    /// <summary>Adds a text file in UTF-8.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    public CpioArchive Text(string path, string content, uint mode = Readable) =>
        File(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>Adds a symbolic link.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    public CpioArchive Link(string path, string target)
    {
        string name = Claim(path);
        Write(name, LinkType | 0x1FF, Encoding.UTF8.GetBytes(target), 1, 0, 0);
        return this;
    }

    /// <summary>Adds a character device node.</summary>
    /// <exception cref="ArgumentException">The path is already in the archive.</exception>
    public CpioArchive CharacterDevice(string path, uint major, uint minor, uint mode = 0x180)
    {
        string name = Claim(path);
        Write(name, CharacterDeviceType | mode, [], 1, major, minor);
        return this;
    }

    /// <summary>True if an entry of this path was added.</summary>
    public bool Contains(string path) => _paths.Contains(Normalise(path));

    /// <summary>The finished archive, padded to 512 bytes.</summary>
    public byte[] ToArray()
    {
        var finished = new ArrayBufferWriter<byte>(_archive.WrittenCount + 1024);
        finished.Write(_archive.WrittenSpan);
        WriteEntry(finished, "TRAILER!!!", 0, 0, [], 1, 0, 0);
        Pad(finished, 512);
        return finished.WrittenSpan.ToArray();
    }

    private static string Normalise(string path)
    {
        string name = path.Trim('/');
        if (name.Length == 0 || name.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"'{path}' is not a plain path inside an archive.", nameof(path));
        }

        return name;
    }

    private string Claim(string path)
    {
        string name = Normalise(path);
        if (_paths.Contains(name))
        {
            throw new ArgumentException($"'{path}' is in the archive already.", nameof(path));
        }

        AddParents(name);
        return name;
    }

    private void AddParents(string name)
    {
        for (int slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            string parent = name[..slash];
            if (!_paths.Contains(parent))
            {
                Write(parent, DirectoryType | Executable, [], 2, 0, 0);
            }
        }
    }

    private void Write(string name, uint mode, ReadOnlySpan<byte> content, uint links, uint major, uint minor)
    {
        _paths.Add(name);
        WriteEntry(_archive, name, _inode++, mode, content, links, major, minor);
    }

    private static void WriteEntry(
        ArrayBufferWriter<byte> archive,
        string name,
        uint inode,
        uint mode,
        ReadOnlySpan<byte> content,
        uint links,
        uint major,
        uint minor
    )
    {
        byte[] nameBytes = [.. Encoding.UTF8.GetBytes(name), 0];
        Span<uint> fields = [inode, mode, 0, 0, links, 0, (uint)content.Length, 0, 0, major, minor, (uint)nameBytes.Length, 0];
        var header = new StringBuilder("070701", 110);
        foreach (uint field in fields)
        {
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        }

        archive.Write(Encoding.ASCII.GetBytes(header.ToString()));
        archive.Write(nameBytes);
        Pad(archive, 4);
        archive.Write(content);
        Pad(archive, 4);
    }

    private static void Pad(ArrayBufferWriter<byte> archive, int unit)
    {
        int missing = ((unit - (archive.WrittenCount % unit)) % unit);
        archive.Write(new byte[missing]);
    }
}
