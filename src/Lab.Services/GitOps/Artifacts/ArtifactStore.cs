using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Artifacts;

/// <summary>The packed files of all sources, in a folder. The same files give the same bytes.</summary>
internal sealed class ArtifactStore(string root)
{
    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    private const int KeptPerSource = 2;

    /// <summary>Packs files.</summary>
    public async Task<Artifact> WriteAsync(
        string kind,
        ObjectKey source,
        string revision,
        string name,
        IReadOnlyDictionary<string, byte[]> files,
        CancellationToken cancellationToken
    )
    {
        var path = $"{PathOf(kind, source)}/{name}.tar.gz";
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = full + ".new";
        await using (var file = File.Create(temporary))
        {
            await using var packed = new GZipStream(file, CompressionLevel.Fastest);
            await using var tar = new TarWriter(packed, TarEntryFormat.Gnu);
            foreach (var (entryPath, content) in files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                // Not the POSIX form: its extra headers are named for the process id.
                var entry = new GnuTarEntry(TarEntryType.RegularFile, entryPath)
                {
                    AccessTime = default,
                    ChangeTime = default,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                    DataStream = new MemoryStream(content, writable: false),
                };
                await tar.WriteEntryAsync(entry, cancellationToken);
            }
        }

        var digest = await DigestAsync(temporary, cancellationToken);
        File.Move(temporary, full, overwrite: true);
        KeepLatest(Path.GetDirectoryName(full)!, full);
        return new Artifact(path, new Uri(full).AbsoluteUri, revision, digest, new FileInfo(full).Length);
    }

    /// <summary>Whether the file is there and is the one that was packed.</summary>
    public async Task<bool> HasAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        var file = FileOf(artifact);
        return File.Exists(file) && await DigestAsync(file, cancellationToken) == artifact.Digest;
    }

    /// <summary>Unpacks an artifact into an empty folder.</summary>
    /// <exception cref="SourceException">It is not there, is not the one that its digest names, or is not of our making.</exception>
    public async Task ExtractAsync(Artifact artifact, string target, CancellationToken cancellationToken)
    {
        if (!await HasAsync(artifact, cancellationToken))
            throw new SourceException(
                SourceException.ArchiveOperationFailed,
                $"artifact for revision {artifact.Revision} not found in storage, or altered"
            );
        await using var file = File.OpenRead(FileOf(artifact));
        await using var packed = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(packed);
        var top = Path.GetFullPath(target) + Path.DirectorySeparatorChar;
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var full = Path.GetFullPath(Path.Combine(top, entry.Name));
            if (entry.EntryType != TarEntryType.RegularFile || !full.StartsWith(top, StringComparison.Ordinal))
                throw new SourceException(
                    SourceException.ArchiveOperationFailed,
                    $"the artifact holds an unsafe entry: {entry.Name}"
                );
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await using var made = new FileStream(full, FileMode.CreateNew, FileAccess.Write);
            if (entry.DataStream is { } content)
                await content.CopyToAsync(made, cancellationToken);
        }
    }

    /// <summary>Forgets a source that is no more.</summary>
    public void Remove(string kind, ObjectKey source)
    {
        var path = Path.Combine(_folder, PathOf(kind, source));
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    private string FileOf(Artifact artifact)
    {
        // The path is read from an object in the API: it must not lead elsewhere.
        var full = Path.GetFullPath(Path.Combine(_folder, artifact.Path));
        return full.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new SourceException(SourceException.ArchiveOperationFailed, $"unsafe artifact path {artifact.Path}");
    }

    private static string PathOf(string kind, ObjectKey source) => $"{kind.ToLowerInvariant()}/{source.Namespace}/{source.Name}";

    private static void KeepLatest(string folder, string newest)
    {
        var old = new DirectoryInfo(folder)
            .EnumerateFiles("*.tar.gz")
            .Where(file => file.FullName != newest)
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(KeptPerSource - 1)
            .ToList();
        foreach (var file in old)
        {
            file.Delete();
        }
    }

    private static async Task<string> DigestAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
