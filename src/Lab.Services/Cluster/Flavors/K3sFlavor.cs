using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Flavors;

/// <summary>k3s: one program, its own container runtime, images in an archive.</summary>
/// <param name="choice">The release, its pin and its mirror.</param>
/// <param name="folders">The lab's folders; what is fetched goes into the cache.</param>
public sealed class K3sFlavor(ClusterChoice choice, LabFolders folders) : IClusterFlavor
{
    internal const string FlavorName = "k3s";

    private const string Site = "https://github.com/k3s-io/k3s/releases/download";

    /// <inheritdoc/>
    public string Name => FlavorName;

    /// <inheritdoc/>
    public string NeverRunHere =>
        "k3s could not be downloaded where the lab is made: checksums, mirrors and the node's image are tested with stand-ins, the program never ran, and boards do not join it";

    /// <inheritdoc/>
    public ClusterBinaries? FindCached() =>
        choice.Version is not null && Cache().FindCached() is { } folder ? Open(folder) : null;

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken) =>
        choice.Version is null
            ? "the rig names no release (cluster.version)"
            : await Cache().FindObstacleAsync(Files(Release()), cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterBinaries> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        var folder = await Cache().FetchAsync(Files(Release()), progress, cancellationToken);
        const UnixFileMode Program =
            UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute;
        foreach (var architecture in (string[])[DebianArchitecture.Host, DebianArchitecture.Board])
            File.SetUnixFileMode(Path.Combine(folder, ProgramName(architecture)), Program);
        return Open(folder);
    }

    internal static IReadOnlyList<ReleaseFile> Files(string release) =>
        [
            .. ((string[])[DebianArchitecture.Host, DebianArchitecture.Board])
                .Distinct(StringComparer.Ordinal)
                .Select(architecture => FileOf(release, ProgramName(architecture), architecture)),
            FileOf(release, ImagesName, DebianArchitecture.Board),
        ];

    private const string ImagesName = $"k3s-airgap-images-{DebianArchitecture.Board}.tar.zst";

    private ReleaseCache Cache() => new(folders.Cache, FlavorName, Release(), choice.Sha256, choice.Mirror);

    private string Release()
    {
        var release =
            choice.Version
            ?? throw new RigException("the flavor k3s needs a release", "cluster.version", "name one, such as v1.34.1+k3s1");
        _ = KubernetesVersion.Parse(release);
        return release;
    }

    private K3sBinaries Open(string folder) =>
        new(
            KubernetesVersion.Parse(Release()),
            Release(),
            Path.Combine(folder, ProgramName(DebianArchitecture.Host)),
            Path.Combine(folder, ProgramName(DebianArchitecture.Board)),
            Path.Combine(folder, ImagesName)
        );

    // The makers' name for amd64 is the bare one.
    private static string ProgramName(string architecture) => architecture == "amd64" ? "k3s" : $"k3s-{architecture}";

    private static ReleaseFile FileOf(string release, string name, string architecture)
    {
        var folder = $"{Site}/{Uri.EscapeDataString(release)}";
        return new ReleaseFile(new Uri($"{folder}/{name}"), new Uri($"{folder}/sha256sum-{architecture}.txt"));
    }
}
