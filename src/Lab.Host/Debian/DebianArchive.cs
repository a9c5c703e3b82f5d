using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;
using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Host.Debian;

/// <summary>
/// Debian's packages as folders in the cache. A package is fetched once, checked against the archive's signed
/// index, unpacked (never installed) and kept under its SHA-256; which versions are used is written down and stays so
/// until a refresh is asked for. Safe for several processes at once.
/// </summary>
/// <param name="cacheFolder">The lab's cache folder, see <see cref="LabFolders.Cache"/>.</param>
/// <param name="mirror">A mirror's base address; null takes the one that this machine's apt uses.</param>
public sealed class DebianArchive(string cacheFolder, string? mirror = null)
{
    /// <summary>Room wanted before anything is fetched: lists, package files and their contents, in bytes.</summary>
    private const long RoomNeeded = 900L << 20;

    private readonly string _root = Path.Combine(cacheFolder, "debian");

    private string ManifestPath => Path.Combine(_root, "packages.json");

    /// <summary>The packages as they are in the cache, or null if any of them is not there. Touches no network.</summary>
    public IReadOnlyList<DebianPackage>? FindCached(IReadOnlyList<PackageRequest> requests)
    {
        var manifest = PackageManifest.Load(ManifestPath);
        var found = new List<DebianPackage>();
        var seen = new HashSet<(string, string, string)>();
        var queue = new Queue<PackageRequest>(requests);
        while (queue.TryDequeue(out PackageRequest? request))
        {
            if (!seen.Add((request.Suite, request.Architecture, request.Name)))
            {
                continue;
            }

            if (Cached(manifest.Find(request)) is not { } package)
            {
                return null;
            }

            found.Add(package);
            foreach (PackageRequest next in Followed(request, package))
            {
                queue.Enqueue(next);
            }
        }

        return found;
    }

    /// <summary>The packages, fetched where they are not in the cache, those asked for first, then those followed.</summary>
    /// <param name="refresh">True to look for newer versions of all of them.</param>
    /// <exception cref="LabException">No keyring, mirror not reachable, wrong signature, no such package, disk full.</exception>
    public async Task<IReadOnlyList<DebianPackage>> FetchAsync(
        IReadOnlyList<PackageRequest> requests,
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        if (!refresh && FindCached(requests) is { } ready)
        {
            return ready;
        }

        LabFolders.EnsureRoom(_root, RoomNeeded);
        using FolderLock held = await FolderLock.TakeAsync(_root, cancellationToken);
        // Another process may have fetched them while we waited.
        if (!refresh && FindCached(requests) is { } fetched)
        {
            return fetched;
        }

        string address = DebianMirror.Find(mirror ?? Environment.GetEnvironmentVariable(DebianMirror.Setting));
        var manifest = PackageManifest.Load(ManifestPath);
        foreach (
            IGrouping<(string Suite, string Architecture), PackageRequest> group in requests.GroupBy(request =>
                (request.Suite, request.Architecture)
            )
        )
        {
            if (refresh || FindCached([.. group]) is null)
            {
                var apt = new PrivateApt(
                    Path.Combine(_root, "apt", $"{group.Key.Suite}-{group.Key.Architecture}"),
                    group.Key.Suite,
                    address,
                    group.Key.Architecture
                );
                await FetchSuiteAsync(apt, group.Key.Suite, [.. group], manifest, progress, cancellationToken);
            }
        }

        return FindCached(requests)
            ?? throw new LabException("packages vanished from the cache", _root, "let nothing else change this folder");
    }

    /// <summary>Removes packages' files; they are fetched again when asked for.</summary>
    public void Discard(IReadOnlyList<DebianPackage> packages)
    {
        foreach (DebianPackage package in packages)
        {
            string temporary = Path.Combine(_root, "new", Guid.NewGuid().ToString("N"));
            // Nobody sees half a package.
            Directory.CreateDirectory(Path.Combine(_root, "new"));
            Directory.Move(FolderOf(package), temporary);
            Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>The names in a Depends field, first alternatives only, without versions.</summary>
    public static IReadOnlyList<string> DependencyNames(string depends) =>
        [
            .. depends
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(clause => clause.Split('|')[0].Split(['(', ':'])[0].Trim())
                .Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];

    private async Task FetchSuiteAsync(
        PrivateApt apt,
        string suite,
        PackageRequest[] requests,
        PackageManifest manifest,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        progress?.Report(new PreparationProgress($"reading Debian {suite}'s package list", 0, 0));
        await apt.UpdateAsync(cancellationToken);
        IReadOnlyList<DebianPackage> packages = await ResolveAsync(apt, requests, cancellationToken);
        DebianPackage[] missing = [.. packages.Where(package => !Directory.Exists(FolderOf(package)))];
        if (missing.Length > 0)
        {
            await DownloadAsync(apt, suite, missing, progress, cancellationToken);
        }

        foreach (DebianPackage package in packages)
        {
            manifest.Set(package);
        }

        manifest.Save();
        // The lists take more room than all packages together, and a refresh fetches new ones anyway.
        apt.Delete();
    }

    private static async Task<IReadOnlyList<DebianPackage>> ResolveAsync(
        PrivateApt apt,
        PackageRequest[] requests,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, DebianPackage> resolved = new(StringComparer.Ordinal);
        PackageRequest[] level = requests;
        while (level.Length > 0)
        {
            Dictionary<string, DebianPackage> shown = (
                await apt.ShowAsync(
                    [.. level.Select(request => request.Name).Distinct(StringComparer.Ordinal)],
                    cancellationToken
                )
            ).ToDictionary(package => package.Name, StringComparer.Ordinal);
            foreach (DebianPackage package in shown.Values)
            {
                resolved.TryAdd(package.Name, package);
            }

            level =
            [
                .. level
                    .SelectMany(request => Followed(request, shown[request.Name]))
                    .Where(next => !resolved.ContainsKey(next.Name))
                    .DistinctBy(next => next.Name, StringComparer.Ordinal),
            ];
        }

        return [.. resolved.Values];
    }

    private static IEnumerable<PackageRequest> Followed(PackageRequest request, DebianPackage package) =>
        request.Follow is { } prefix
            ? DependencyNames(package.Depends)
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => request with { Name = name })
            : [];

    private async Task DownloadAsync(
        PrivateApt apt,
        string suite,
        DebianPackage[] missing,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        string temporary = Directory.CreateDirectory(Path.Combine(_root, "new", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            int started = 0;
            string step = $"fetching {missing.Length} packages from Debian {suite}";
            progress?.Report(new PreparationProgress(step, 0, missing.Length));
            await apt.DownloadAsync(
                missing,
                temporary,
                () => progress?.Report(new PreparationProgress(step, started++, missing.Length)),
                cancellationToken
            );
            Dictionary<string, DebianPackage> byDigest = missing.ToDictionary(package => package.Sha256, StringComparer.Ordinal);
            int unpacked = 0;
            foreach (string file in Directory.EnumerateFiles(temporary, "*.deb").Order(StringComparer.Ordinal))
            {
                await using FileStream stream = File.OpenRead(file);
                string digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
                if (byDigest.Remove(digest, out DebianPackage? package))
                {
                    progress?.Report(
                        new PreparationProgress($"unpacking packages from Debian {suite}", unpacked++, missing.Length)
                    );
                    await UnpackAsync(file, package, temporary, cancellationToken);
                }
            }

            if (byDigest.Count > 0)
            {
                throw new LabException(
                    $"the mirror did not deliver {string.Join(", ", byDigest.Values.Select(package => package.Name))}",
                    suite,
                    "try again"
                );
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private async Task UnpackAsync(string file, DebianPackage package, string temporary, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(temporary, package.Sha256);
        BufferedCommandResult result = await Cli.Wrap(HostTools.Require("dpkg-deb"))
            .WithArguments(["--extract", file, folder])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new LabException(
                $"cannot unpack {package.Name}: {result.StandardError.Trim()}",
                _root,
                "free some space, or point XDG_CACHE_HOME to another disk"
            );
        }

        string target = FolderOf(package);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Directory.Move(folder, target);
    }

    private string FolderOf(DebianPackage package) => Path.Combine(_root, "packages", $"{package.Name}-{package.Sha256[..16]}");

    private DebianPackage? Cached(DebianPackage? package) =>
        package is not null && FolderOf(package) is var folder && Directory.Exists(folder)
            ? package with
            {
                Folder = folder,
            }
            : null;
}
