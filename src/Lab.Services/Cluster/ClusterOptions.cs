using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.Services.Cluster;

/// <summary>What a run's cluster is made of.</summary>
public sealed record ClusterOptions
{
    /// <summary>Its programs: see <see cref="IClusterFlavor.PrepareAsync"/>.</summary>
    public required ClusterBinaries Binaries { get; init; }

    /// <summary>Where the run keeps evidence: the components' logs go to <c>services/cluster/</c> in it, the kubeconfig beside its record.</summary>
    public required string RunFolder { get; init; }

    /// <summary>The lab's folders, for sockets and state.</summary>
    public required LabFolders Folders { get; init; }

    /// <summary>Owns what is started.</summary>
    public required ProcessOwner Owner { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The segment that boards are on; null for QEMU's user network.</summary>
    public NetworkSegment? Segment { get; init; }

    /// <summary>
    /// A kubeconfig that names the webhook which is asked first about every request. It must answer before the cluster starts, from where the
    /// API server runs. Null for none.
    /// </summary>
    public string? AuthorizerKubeconfig { get; init; }

    /// <summary>How long a node's certificate is good for.</summary>
    public TimeSpan SigningDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After how long without a sign of life a node counts as gone. Kubelets here report every 2 s.</summary>
    public TimeSpan NodeGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After how long pods leave a node that counts as gone, unless they say otherwise themselves.</summary>
    public TimeSpan EvictionDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Where certificates and data stay when the run has ended; a later cluster with this folder goes on where it ended. Null keeps them in
    /// memory and nowhere after the run.
    /// </summary>
    public string? StateFolder { get; init; }

    /// <summary>Service addresses.</summary>
    public string ServiceSubnet { get; init; } = "10.96.0.0/16";

    /// <summary>Pod addresses; each board has a /24 of it.</summary>
    public string PodSubnet { get; init; } = "10.244.0.0/16";

    /// <summary>The address in <see cref="ServiceSubnet"/> where pods look for DNS.</summary>
    public string ClusterDns { get; init; } = "10.96.0.10";
}
