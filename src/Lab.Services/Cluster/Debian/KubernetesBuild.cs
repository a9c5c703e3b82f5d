using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Debian;

/// <summary>
/// Kubernetes built from Debian's source by Debian's Go, both fetched and checked by a private apt configuration: nothing is installed, nothing
/// else is downloaded. Kept in the cache by the content of all that went in. Safe for several processes at once; what a killed build left is
/// removed by the next.
/// </summary>
internal sealed class KubernetesBuild
{
    /// <summary>Source, Go's cache (3.7 GB) and Go itself, in bytes.</summary>
    private const long RoomNeeded = 6L << 30;

    private const string InputsFile = "inputs.json";
    private const string ControlPlaneProgram = "hyperkube";
    private const string NodeProgram = "hypernode";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly BuildTool _tool;
    private readonly DebianArchive _packages;
    private readonly DebianSourceArchive _sources;
    private readonly string _root;

    public KubernetesBuild(LabFolders folders, ProcessOwner owner)
    {
        _tool = new BuildTool(owner);
        _packages = new DebianArchive(folders.Cache);
        _sources = new DebianSourceArchive(folders.Cache);
        _root = Path.Combine(folders.Cache, "kubernetes");
    }

    /// <summary>What this recipe built before, the newest if there are several; null if nothing.</summary>
    public KubernetesBinaries? FindCached() =>
        Directory.Exists(_root)
            ? Directory
                .EnumerateDirectories(_root, $"v*-{BuildRecipe.Digest[..16]}-*")
                .Where(folder => File.Exists(Path.Combine(folder, InputsFile)))
                .OrderByDescending(Directory.GetCreationTimeUtc)
                .Select(Open)
                .FirstOrDefault()
            : null;

    /// <summary>The programs, built where they are not in the cache.</summary>
    /// <param name="progress">Told how far it is; some five minutes on two processors, once.</param>
    /// <param name="refresh">True to look for newer sources and packages.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">Something cannot be fetched or built, or there is no room.</exception>
    public async Task<KubernetesBinaries> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        if (!refresh && FindCached() is { } ready)
            return ready;
        Directory.CreateDirectory(_root);
        progress?.Report(new PreparationProgress("waiting for another build of Kubernetes, if there is one", 0, 0));
        using var held = await FolderLock.TakeAsync(_root, cancellationToken);
        // Another process may have built it while we waited.
        if (!refresh && FindCached() is { } built)
            return built;
        var source = await _sources.FetchAsync(BuildRecipe.Suite, BuildRecipe.Source, progress, refresh, cancellationToken);
        var packages = (await _packages.FetchAsync(BuildRecipe.Packages, progress, refresh, cancellationToken)).ToDictionary(
            package => package.Name,
            StringComparer.Ordinal
        );
        var inputs = InputsOf(source, packages.Values);
        var key = $"{BuildRecipe.Digest[..16]}-{Digest(inputs)[..16]}";
        if (FindBuilt(key) is { } same)
            return same;
        LabFolders.EnsureRoom(_root, RoomNeeded);
        return await BuildAsync(source, packages, inputs, key, progress, cancellationToken);
    }

    private KubernetesBinaries? FindBuilt(string key) =>
        Directory
            .EnumerateDirectories(_root, $"v*-{key}")
            .Where(folder => File.Exists(Path.Combine(folder, InputsFile)))
            .Select(Open)
            .FirstOrDefault();

    private async Task<KubernetesBinaries> BuildAsync(
        DebianSource source,
        Dictionary<string, DebianPackage> packages,
        SortedDictionary<string, string> inputs,
        string key,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var building = Path.Combine(_root, "building");
        // Left by a build that was killed: its processes died with it.
        Remove(building);
        var work = Directory.CreateDirectory(Path.Combine(building, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var go = await GoToolchain.CreateAsync(
                _tool,
                packages[BuildRecipe.Go],
                packages[BuildRecipe.GoSource],
                work,
                cancellationToken
            );
            progress?.Report(new PreparationProgress("unpacking the source of Kubernetes", 0, 0));
            var tree = await SourceTree.UnpackAsync(
                _tool,
                source,
                packages[BuildRecipe.Patch],
                packages[BuildRecipe.Reflect2],
                go.GoPath,
                cancellationToken
            );
            progress?.Report(new PreparationProgress("generating the schema of its API", 0, 0));
            await tree.GenerateOpenApiAsync(go, cancellationToken);
            var result = Directory.CreateDirectory(Path.Combine(work, "result")).FullName;
            await CompileAsync(go, tree, result, progress, cancellationToken);
            File.Copy(packages[BuildRecipe.Etcd].PathOf("usr/bin/etcd"), Path.Combine(result, "etcd"));
            await FinishAsync(result, tree.Version, inputs, cancellationToken);
            var target = Path.Combine(_root, $"{tree.Version}-{key}");
            Remove(target);
            Directory.Move(result, target);
            // Half a gigabyte that nothing else uses.
            _packages.Discard([packages[BuildRecipe.Go], packages[BuildRecipe.GoSource]]);
            return Open(target);
        }
        finally
        {
            Remove(building);
        }
    }

    private static async Task CompileAsync(
        GoToolchain go,
        SourceTree tree,
        string result,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        (string Program, string Architecture, IReadOnlyList<string> Files, string What)[] programs =
        [
            (ControlPlaneProgram, DebianArchitecture.Host, BuildRecipe.ControlPlaneFiles, "its control plane for this machine"),
            (NodeProgram, DebianArchitecture.Board, BuildRecipe.NodeFiles, "its node for arm64"),
        ];
        foreach (var (program, architecture, files, what) in programs)
        {
            await go.BuildAsync(
                tree.AddProgram(program, files),
                architecture,
                ["-tags", BuildRecipe.Tags, "-ldflags", BuildRecipe.LinkerFlags(tree.Version)],
                Path.Combine(result, program),
                (done, total) => progress?.Report(new PreparationProgress($"compiling Kubernetes: {what}", done, total)),
                cancellationToken
            );
        }
    }

    private async Task FinishAsync(
        string result,
        KubernetesVersion version,
        SortedDictionary<string, string> inputs,
        CancellationToken cancellationToken
    )
    {
        foreach (var name in BuildRecipe.ControlPlaneNames)
            File.CreateSymbolicLink(Path.Combine(result, name), ControlPlaneProgram);
        var told = "";
        await _tool.RunAsync(
            Path.Combine(result, "kubeadm"),
            ["version", "--output=short"],
            result,
            new Dictionary<string, string>(StringComparer.Ordinal),
            line => told += line,
            cancellationToken
        );
        if (told.Trim() != version.ToString())
            throw new LabException($"Kubernetes was built and says that it is '{told}', not {version}", result, "tell us");
        foreach (var program in (string[])[ControlPlaneProgram, NodeProgram, "etcd"])
            inputs[$"built {program}"] = await HashAsync(Path.Combine(result, program), cancellationToken);
        await File.WriteAllBytesAsync(
            Path.Combine(result, InputsFile),
            JsonSerializer.SerializeToUtf8Bytes(inputs, Format),
            cancellationToken
        );
    }

    private static SortedDictionary<string, string> InputsOf(DebianSource source, IEnumerable<DebianPackage> packages)
    {
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["recipe"] = BuildRecipe.Digest };
        foreach (var (file, digest) in source.Files)
            inputs[$"source {file}"] = digest;
        foreach (var package in packages)
            inputs[$"package {package.Name} {package.Version}"] = package.Sha256;
        return inputs;
    }

    private static KubernetesBinaries Open(string folder) =>
        new(
            KubeadmDebianFlavor.FlavorName,
            KubernetesVersion.Parse(Path.GetFileName(folder).Split('-')[0]),
            folder,
            Path.Combine(folder, "etcd"),
            KubernetesBinaries.NodeNames.ToDictionary(
                name => name,
                _ => Path.Combine(folder, NodeProgram),
                StringComparer.Ordinal
            )
        );

    private static string Digest(SortedDictionary<string, string> inputs) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', inputs.Select(entry => $"{entry.Key}={entry.Value}"))))
        );

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
