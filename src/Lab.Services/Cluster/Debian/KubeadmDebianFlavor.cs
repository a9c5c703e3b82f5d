using Lab.Host.Debian;
using Lab.Host.Preparation;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Debian;

/// <summary>
/// Kubernetes 1.20.2 built from Debian's signed source on first use. It needs no download but Debian's archive; it is past its end of life, so it
/// is for lab networks only.
/// </summary>
/// <param name="folders">The lab's folders; what is built goes into the cache.</param>
/// <param name="owner">Owns the compiler while it runs.</param>
public sealed class KubeadmDebianFlavor(LabFolders folders, ProcessOwner owner) : IClusterFlavor
{
    internal const string FlavorName = "kubeadm-debian";

    private readonly KubernetesBuild _build = new(folders, owner);

    /// <inheritdoc/>
    public string Name => FlavorName;

    /// <inheritdoc/>
    public string? NeverRunHere => null;

    /// <inheritdoc/>
    public ClusterBinaries? FindCached() => _build.FindCached();

    /// <inheritdoc/>
    public Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (FindCached() is null)
                DebianMirror.Find(Environment.GetEnvironmentVariable(DebianMirror.Setting));
            return Task.FromResult<string?>(null);
        }
        catch (LabException exception)
        {
            return Task.FromResult<string?>(exception.What);
        }
    }

    /// <inheritdoc/>
    public async Task<ClusterBinaries> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    ) => await _build.PrepareAsync(progress, refresh, cancellationToken);
}
