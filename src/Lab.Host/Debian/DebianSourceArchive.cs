using System.Security.Cryptography;
using System.Text.Json;
using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>
/// Debian's source packages in the cache: fetched once, checked against the archive's signed index, and kept at the
/// version first fetched until a refresh is asked for. Safe for several processes at once.
/// </summary>
/// <param name="cacheFolder">The lab's cache folder, see <see cref="LabFolders.Cache"/>.</param>
/// <param name="mirror">A mirror's base address; null takes the one that this machine's apt uses.</param>
public sealed class DebianSourceArchive(string cacheFolder, string? mirror = null)
{
    /// <summary>Room wanted before anything is fetched: the lists and the largest source that the lab uses, in bytes.</summary>
    private const long RoomNeeded = 400L << 20;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _root = Path.Combine(cacheFolder, "debian");

    /// <summary>The source as it is in the cache, or null. Touches no network.</summary>
    public DebianSource? FindCached(string suite, string name)
    {
        string folder = FolderOf(suite, name);
        try
        {
            DebianSource? source = JsonSerializer.Deserialize<DebianSource>(
                File.ReadAllBytes(Path.Combine(folder, "source.json")),
                Format
            );
            return source is not null && source.Files.Keys.All(file => File.Exists(Path.Combine(folder, file)))
                ? source with
                {
                    Folder = folder,
                }
                : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The source, fetched where it is not in the cache.</summary>
    /// <param name="suite">The release's code name.</param>
    /// <param name="name">The source package's name.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="refresh">True to look for a newer version.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">No keyring, mirror not reachable, wrong signature, no such source, disk full.</exception>
    public async Task<DebianSource> FetchAsync(
        string suite,
        string name,
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        if (!refresh && FindCached(suite, name) is { } ready)
        {
            return ready;
        }

        LabFolders.EnsureRoom(_root, RoomNeeded);
        using FolderLock held = await FolderLock.TakeAsync(_root, cancellationToken);
        // Another process may have fetched it while we waited.
        if (!refresh && FindCached(suite, name) is { } fetched)
        {
            return fetched;
        }

        string address = DebianMirror.Find(mirror ?? Environment.GetEnvironmentVariable(DebianMirror.Setting));
        progress?.Report(new PreparationProgress($"reading Debian {suite}'s list of sources", 0, 0));
        string lists = Path.Combine(_root, "apt", $"{suite}-source");
        var apt = new PrivateApt(lists, suite, address, DebianArchitecture.Host) { WithSources = true };
        await apt.UpdateAsync(cancellationToken);
        DebianSource source = Choose(suite, name, await apt.ShowSourceAsync(name, cancellationToken), address);
        await DownloadAsync(apt, source, progress, cancellationToken);
        apt.Delete();
        return FindCached(suite, name)
            ?? throw new LabException("a source vanished from the cache", _root, "let nothing else change this folder");
    }

    /// <summary>The files that a stanza of the index names, with their SHA-256.</summary>
    internal static IReadOnlyDictionary<string, string> FilesOf(IReadOnlyDictionary<string, string> stanza) =>
        stanza
            .GetValueOrDefault("Checksums-Sha256", "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 3 && Path.GetFileName(words[2]) == words[2])
            .ToDictionary(words => words[2], words => words[0], StringComparer.Ordinal);

    private static DebianSource Choose(
        string suite,
        string name,
        IReadOnlyList<IReadOnlyDictionary<string, string>> stanzas,
        string address
    ) =>
        // Where a suite has several versions, apt lists the newest first.
        stanzas
            .Where(stanza => stanza.GetValueOrDefault("Package") == name)
            .Select(stanza => new DebianSource(suite, name, stanza["Version"], FilesOf(stanza)))
            .FirstOrDefault(source => source.Files.Count > 0)
        ?? throw new LabException(
            $"the archive has no source {name}",
            $"{address} {suite}",
            $"set {DebianMirror.Setting} to another mirror"
        );

    private async Task DownloadAsync(
        PrivateApt apt,
        DebianSource source,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        string temporary = Directory.CreateDirectory(Path.Combine(_root, "new", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            int started = 0;
            string step = $"fetching the source of {source.Name} from Debian {source.Suite}";
            progress?.Report(new PreparationProgress(step, 0, source.Files.Count));
            await apt.DownloadSourceAsync(
                source.Name,
                source.Version,
                temporary,
                () => progress?.Report(new PreparationProgress(step, started++, source.Files.Count)),
                cancellationToken
            );
            foreach ((string file, string digest) in source.Files)
            {
                await VerifyAsync(Path.Combine(temporary, file), digest, cancellationToken);
            }

            await File.WriteAllBytesAsync(
                Path.Combine(temporary, "source.json"),
                JsonSerializer.SerializeToUtf8Bytes(source, Format),
                cancellationToken
            );
            string target = FolderOf(source.Suite, source.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            Directory.Move(temporary, target);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static async Task VerifyAsync(string path, string digest, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new LabException("the mirror did not deliver a file of the source", Path.GetFileName(path), "try again");
        }

        await using FileStream stream = File.OpenRead(path);
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) != digest)
        {
            throw new LabException(
                "a source file has other bytes than the archive's signed index names",
                Path.GetFileName(path),
                "try again, or set HWLAB_DEBIAN_MIRROR to another mirror"
            );
        }
    }

    private string FolderOf(string suite, string name) => Path.Combine(_root, "sources", $"{suite}-{name}");
}
