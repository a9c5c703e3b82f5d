using System.Formats.Tar;
using System.IO.Compression;
using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Flavors;

/// <summary>A release of Kubernetes as its makers build it: checked downloads, then the same control plane as kubeadm-debian.</summary>
/// <param name="choice">The release, its pin and its mirror.</param>
/// <param name="folders">The lab's folders; what is fetched goes into the cache.</param>
public sealed class KubeadmFlavor(ClusterChoice choice, LabFolders folders) : IClusterFlavor
{
    internal const string FlavorName = "kubeadm";

    private const string KubernetesSite = "https://dl.k8s.io/release";
    private const string EtcdSite = "https://github.com/etcd-io/etcd/releases/download";

    private static readonly string[] HostPrograms =
    [
        "kubeadm",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubectl",
    ];

    /// <inheritdoc/>
    public string Name => FlavorName;

    /// <inheritdoc/>
    public string NeverRunHere =>
        "no release newer than 1.20 could be downloaded where the lab is made: configuration, checksums, mirrors and the node's image are tested with stand-ins, the programs never ran";

    /// <inheritdoc/>
    public ClusterBinaries? FindCached() =>
        choice.Version is not null && Cache().FindCached() is { } folder ? Open(folder) : null;

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken) =>
        choice.Version is null
            ? "the rig names no release (cluster.version)"
            : await Cache().FindObstacleAsync(Files(Version()), cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterBinaries> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        var version = Version();
        var folder = await Cache().FetchAsync(Files(version), progress, cancellationToken);
        await UnpackAsync(folder, version, cancellationToken);
        return Open(folder);
    }

    internal static IReadOnlyList<ReleaseFile> Files(KubernetesVersion version)
    {
        var etcd = new KubernetesRelease(version).EtcdVersion;
        return
        [
            .. HostPrograms.Select(name => Program(version, DebianArchitecture.Host, name)),
            .. KubernetesBinaries.NodeNames.Select(name => Program(version, DebianArchitecture.Board, name)),
            new ReleaseFile(new Uri($"{EtcdSite}/{etcd}/{EtcdArchive(etcd)}"), new Uri($"{EtcdSite}/{etcd}/SHA256SUMS")),
        ];
    }

    private ReleaseCache Cache() => new(folders.Cache, FlavorName, Version().ToString(), choice.Sha256, choice.Mirror);

    private KubernetesVersion Version() =>
        KubernetesVersion.Parse(
            choice.Version
                ?? throw new RigException("the flavor kubeadm needs a release", "cluster.version", "name one, such as v1.34.1")
        );

    private KubernetesBinaries Open(string folder) =>
        new(
            FlavorName,
            Version(),
            Path.Combine(folder, "bin"),
            Path.Combine(folder, "bin", "etcd"),
            KubernetesBinaries.NodeNames.ToDictionary(
                name => name,
                name => Path.Combine(folder, $"{DebianArchitecture.Board}-{name}"),
                StringComparer.Ordinal
            )
        );

    private static ReleaseFile Program(KubernetesVersion version, string architecture, string name)
    {
        var address = $"{KubernetesSite}/{version}/bin/linux/{architecture}/{name}";
        return new ReleaseFile(new Uri(address), new Uri(address + ".sha256"));
    }

    private static string EtcdArchive(string version) => $"etcd-{version}-linux-{DebianArchitecture.Host}.tar.gz";

    // Programs by their names, and etcd out of its archive; done anew if it was interrupted.
    private static async Task UnpackAsync(string folder, KubernetesVersion version, CancellationToken cancellationToken)
    {
        var bin = Path.Combine(folder, "bin");
        if (Directory.Exists(bin))
            return;
        var temporary = Directory.CreateDirectory($"{bin}.{Guid.NewGuid():N}").FullName;
        foreach (var name in HostPrograms)
        {
            var program = Path.Combine(folder, $"{DebianArchitecture.Host}-{name}");
            Allow(program);
            File.CreateSymbolicLink(Path.Combine(temporary, name), program);
        }
        foreach (var name in KubernetesBinaries.NodeNames)
            Allow(Path.Combine(folder, $"{DebianArchitecture.Board}-{name}"));
        var archive = EtcdArchive(new KubernetesRelease(version).EtcdVersion);
        await using var packed = new GZipStream(File.OpenRead(Path.Combine(folder, archive)), CompressionMode.Decompress);
        await using var tar = new TarReader(packed);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (
                entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && Path.GetFileName(entry.Name) == "etcd"
            )
                await entry.ExtractToFileAsync(Path.Combine(temporary, "etcd"), overwrite: false, cancellationToken);
        }
        Allow(Path.Combine(temporary, "etcd"));
        Directory.Move(temporary, bin);
    }

    private static void Allow(string program) =>
        File.SetUnixFileMode(
            program,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
}
