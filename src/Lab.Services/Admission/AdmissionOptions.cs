using Lab.Host.Networks;
using Lab.Host.Processes;

namespace Lab.Services.Admission;

/// <summary>How a run admits its boards to the cluster.</summary>
public sealed record AdmissionOptions
{
    /// <summary>The boards that may become nodes, and the pod network of each (<c>10.244.1.0/24</c>). A board's name is its node's.</summary>
    public required IReadOnlyDictionary<string, string> Nodes { get; init; }

    /// <summary>Where the authorizer's kubeconfig, which holds a secret, and its certificate are kept while the run lasts: mode 0700.</summary>
    public required string PrivateFolder { get; init; }

    /// <summary>Where decisions are noted, one JSON line each.</summary>
    public required string JournalPath { get; init; }

    /// <summary>Owns what is started.</summary>
    public required ProcessOwner Owner { get; init; }

    /// <summary>The segment that the control plane runs in; null when it runs on this host's own network.</summary>
    public NetworkSegment? Segment { get; init; }

    /// <summary>A path for a Unix socket, at most 107 bytes, where there is a segment.</summary>
    public string? SocketPath { get; init; }

    /// <summary>How often an attested board must attest again; to be scaled with the slowness of the host.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What a board may be late after two intervals, before its silence ends the trust; a third interval when null.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>How long a token is accepted, and so how long the join may take to the certificate's request.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its certificate was approved a node may fetch it with the token, if it is not seen to have it before.</summary>
    public TimeSpan TokenAfterApproval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a board's request waits for a control plane that is not up; the board's own patience is 30 s.</summary>
    public TimeSpan WaitForCluster { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long the API server keeps the authorizer's answers: to be given to it as the TTLs of its cache.</summary>
    public TimeSpan AuthorizerCache { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The name by which workloads know the rig's registry.</summary>
    public const string RegistryName = "registry.hwlab";

    /// <summary>The name of the registry that pods' images come from.</summary>
    public string Registry { get; init; } = RegistryName;
}
