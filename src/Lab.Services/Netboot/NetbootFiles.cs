using System.Security.Cryptography;
using Lab.Model.Errors;

namespace Lab.Services.Netboot;

/// <summary>
/// The files of one run, in one flat folder that TFTP and HTTP serve. Cached artifacts are linked, never copied; publishing replaces the link,
/// never what it points to.
/// </summary>
internal sealed class NetbootFiles
{
    private const int LongestName = 128;

    public NetbootFiles(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    /// <summary>A name a board may ask for: letters, digits, dot, dash, underscore; not starting with a dot.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '.'
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    /// <summary>The path of a file that is there, or null.</summary>
    public string? Find(string name)
    {
        var path = Path.Combine(Folder, name);
        return IsName(name) && File.Exists(path) ? path : null;
    }

    public void Link(string name, string artifact)
    {
        if (!File.Exists(artifact))
            throw new LabException("the boot file is not there", artifact, "run ./hwlab setup");
        File.CreateSymbolicLink(PathOf(name), Path.GetFullPath(artifact));
    }

    /// <summary>Serves a folder under a prefix; by TFTP only, since a name has no slash in it.</summary>
    public void LinkFolder(string prefix, string folder)
    {
        if (!Directory.Exists(folder))
            throw new LabException(
                "the folder with the boot loader's files is not there",
                folder,
                "fill it: see 'boot-loader' in docs/rigs.md"
            );
        Directory.CreateSymbolicLink(PathOf(prefix), Path.GetFullPath(folder));
    }

    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        // A dot file is never served, and a rename is seen whole or not at all.
        var temporary = Path.Combine(Folder, $".{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        await File.WriteAllBytesAsync(temporary, content, cancellationToken);
        File.SetUnixFileMode(
            temporary,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
        );
        File.Move(temporary, path, overwrite: true);
    }

    private string PathOf(string name) =>
        IsName(name)
            ? Path.Combine(Folder, name)
            : throw new LabException(
                $"'{name}' is not a name for a boot file",
                "netboot",
                "use letters, digits, '.', '-' and '_'"
            );
}
