using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Flavors;

/// <summary>
/// Releases in the cache, each with its list of checksums. A release is fetched whole or not at all; every file is checked before it is kept,
/// and a list that is not the pinned one is refused before anything else is fetched. Safe for several processes at once.
/// </summary>
internal sealed class ReleaseCache(string cacheFolder, string flavor, string version, string? pin, string? mirror)
{
    private const string ListFile = "SHA256SUMS";

    private readonly string _root = Path.Combine(cacheFolder, "releases");

    private string Folder => Path.Combine(_root, $"{flavor}-{version}");

    /// <summary>The folder with the files, or null where the release is not there or is not the pinned one. Touches no network.</summary>
    public string? FindCached()
    {
        var list = Path.Combine(Folder, ListFile);
        return File.Exists(list) && (pin is null || Hash(File.ReadAllBytes(list)) == Normal(pin)) ? Folder : null;
    }

    /// <summary>What the pin of the cached release is.</summary>
    public string Pin => Hash(File.ReadAllBytes(Path.Combine(Folder, ListFile)));

    /// <summary>Why it cannot be fetched now; null if it can.</summary>
    public async Task<string?> FindObstacleAsync(IReadOnlyList<ReleaseFile> files, CancellationToken cancellationToken)
    {
        if (FindCached() is not null)
            return null;
        try
        {
            using var source = new ReleaseMirror(mirror);
            await ListAsync(source, [files[0]], cancellationToken);
            return null;
        }
        catch (HwLabException exception)
        {
            return exception.What;
        }
    }

    /// <summary>The folder with the files, fetched where they are not in the cache.</summary>
    /// <exception cref="LabException">Something cannot be fetched, or is not what it must be.</exception>
    public async Task<string> FetchAsync(
        IReadOnlyList<ReleaseFile> files,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (FindCached() is { } ready)
            return ready;
        using var held = await FolderLock.TakeAsync(_root, cancellationToken);
        if (FindCached() is { } fetched)
            return fetched;
        using var source = new ReleaseMirror(mirror);
        if (pin is null && !source.IsAuthentic)
            throw new LabException(
                "a release that is not pinned is not fetched over plain HTTP: anybody on the way could change files and checksums alike",
                mirror,
                "pin it in the rig (cluster.sha256), or use https or a folder"
            );
        var list = await ListAsync(source, files, cancellationToken);
        if (pin is not null && list.Sha256 != Normal(pin))
            throw new LabException(
                $"the release's checksums are not the pinned ones: SHA-256 of their list is {list.Sha256}, pinned is {Normal(pin)}",
                $"{flavor} {version}",
                "take another mirror, or correct cluster.sha256 if you know why it changed"
            );
        var temporary = Directory.CreateDirectory(Path.Combine(_root, "new", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            foreach (var file in files)
                await source.FetchAsync(
                    file.Address,
                    list[file],
                    Path.Combine(temporary, FileNameOf(file)),
                    bytes => progress?.Report(new PreparationProgress($"fetching {file.Name} of {flavor} {version}", bytes, 0)),
                    cancellationToken
                );
            await File.WriteAllTextAsync(Path.Combine(temporary, ListFile), list.Text, cancellationToken);
            if (Directory.Exists(Folder))
                Directory.Delete(Folder, recursive: true);
            Directory.Move(temporary, Folder);
            return Folder;
        }
        finally
        {
            // Also what killed fetches left: this one holds the lock.
            Directory.Delete(Path.Combine(_root, "new"), recursive: true);
        }
    }

    /// <summary>The name under which a file is kept: those of two architectures may share theirs.</summary>
    public static string FileNameOf(ReleaseFile file) =>
        file.Address.AbsolutePath.Contains("/arm64/", StringComparison.Ordinal) ? $"arm64-{file.Name}"
        : file.Address.AbsolutePath.Contains("/amd64/", StringComparison.Ordinal) ? $"amd64-{file.Name}"
        : file.Name;

    private static async Task<ChecksumList> ListAsync(
        ReleaseMirror source,
        IReadOnlyList<ReleaseFile> files,
        CancellationToken cancellationToken
    )
    {
        var list = new ChecksumList();
        var read = new Dictionary<Uri, string>();
        foreach (var file in files)
        {
            if (!read.TryGetValue(file.Checksums, out var published))
                read[file.Checksums] = published = await source.ReadTextAsync(file.Checksums, cancellationToken);
            list.Add(file, published);
        }
        return list;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static string Normal(string digest) =>
        digest.Trim().ToLowerInvariant().Replace("sha256:", "", StringComparison.Ordinal);
}
