using Lab.Host.Preparation;
using Lab.Model.Errors;

namespace Lab.Services.Cluster;

/// <summary>One way to come by a cluster's programs.</summary>
public interface IClusterFlavor
{
    /// <summary>Its name in the rig.</summary>
    string Name { get; }

    /// <summary>Why it counts as untested: it was never run where the lab is made. Null where it was.</summary>
    string? NeverRunHere { get; }

    /// <summary>What is already on this machine, or null. Touches no network.</summary>
    ClusterBinaries? FindCached();

    /// <summary>Whether it could be prepared now: null when it could, else why not.</summary>
    Task<string?> FindObstacleAsync(CancellationToken cancellationToken);

    /// <summary>Makes its programs ready on this machine: fetched or built on first use, then from the cache.</summary>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="refresh">True to look for newer parts, where the flavor has any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LabException">Something cannot be fetched, is not what it should be, or cannot be built.</exception>
    Task<ClusterBinaries> PrepareAsync(
        IProgress<PreparationProgress>? progress,
        bool refresh,
        CancellationToken cancellationToken
    );
}
