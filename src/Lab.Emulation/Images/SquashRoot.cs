using System.Formats.Tar;
using CliWrap;
using Lab.Host.Machine;
using Lab.Model.Errors;

namespace Lab.Emulation.Images;

/// <summary>
/// A root file system in a squashfs image, packed by the host's own program. The same entries give the same bytes in
/// whatever order they were added: the modification time is 0, the owner is root, the order is by name.
/// </summary>
internal sealed class SquashRoot : IRootArchive
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public void AddDirectory(string path, uint mode = CpioArchive.Executable)
    {
        if (!_entries.ContainsKey(path))
        {
            Add(path, new Entry(TarEntryType.Directory, mode, null, null, null));
        }
    }

    public Task AddFileAsync(string path, string source, uint mode, CancellationToken cancellationToken)
    {
        Add(path, new Entry(TarEntryType.RegularFile, mode, source, null, null));
        return Task.CompletedTask;
    }

    public void AddFile(string path, byte[] content, uint mode = CpioArchive.Readable) =>
        Add(path, new Entry(TarEntryType.RegularFile, mode, null, content, null));

    public void AddLink(string path, string target) => Add(path, new Entry(TarEntryType.SymbolicLink, 0x1FF, null, null, target));

    /// <summary>Packs the image.</summary>
    /// <param name="output">The file; must not be there.</param>
    /// <exception cref="LabException">The program is not installed, or failed.</exception>
    public async Task WriteAsync(string output, CancellationToken cancellationToken)
    {
        var said = new System.Text.StringBuilder();
        CommandResult result = await Cli.Wrap(HostTools.Require("sqfstar"))
            .WithArguments([
                // lz4 unpacks in the board at the speed of copying; its strong form costs the host a few seconds, once.
                "-comp",
                "lz4",
                "-Xhc",
                "-b",
                "262144",
                "-reproducible",
                "-mkfs-time",
                "0",
                "-all-root",
                "-no-xattrs",
                "-root-mode",
                "755",
                // sqfstar 4.5 gives the root folder, which the tar stream does not name, the time of day in spite of -root-time.
                "-all-time",
                "0",
                "-no-progress",
                "-quiet",
                output,
            ])
            // A date of its own in the environment would win over the one above.
            .WithEnvironmentVariables(environment => environment.Set("SOURCE_DATE_EPOCH", null).Set("LC_ALL", "C"))
            .WithStandardInputPipe(PipeSource.Create(WriteTarAsync))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(said))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(said))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new LabException(
                $"the root file system cannot be packed: {said.ToString().Trim()}",
                output,
                "free some space, or install squashfs-tools 4.5 or newer"
            );
        }
    }

    private async Task WriteTarAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true);
        foreach ((string path, Entry entry) in _entries)
        {
            var written = new UstarTarEntry(entry.Type, path)
            {
                Mode = (UnixFileMode)entry.Mode,
                ModificationTime = DateTimeOffset.UnixEpoch,
                Uid = 0,
                Gid = 0,
            };
            if (entry.Target is not null)
            {
                written.LinkName = entry.Target;
            }

            await using Stream? content =
                entry.Source is not null ? File.OpenRead(entry.Source)
                : entry.Content is not null ? new MemoryStream(entry.Content, writable: false)
                : null;
            if (content is not null)
            {
                written.DataStream = content;
            }

            await tar.WriteEntryAsync(written, cancellationToken);
        }
    }

    private void Add(string path, Entry entry)
    {
        if (path.Length == 0 || path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"'{path}' is not a plain path inside an archive.", nameof(path));
        }

        for (int slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            _entries.TryAdd(path[..slash], new Entry(TarEntryType.Directory, CpioArchive.Executable, null, null, null));
        }

        if (!_entries.TryAdd(path, entry))
        {
            throw new ArgumentException($"'{path}' is in the archive already.", nameof(path));
        }
    }

    private sealed record Entry(TarEntryType Type, uint Mode, string? Source, byte[]? Content, string? Target);
}
