using Lab.Controller.Rigs;
using Lab.Emulation.Images;
using Lab.Host.Preparation;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Flavors;
using Lab.Services.GitOps;
using Lab.Services.Workloads;

namespace Lab.Controller.Wiring;

/// <summary>What a cluster and its nodes are made of, ready on this machine.</summary>
/// <param name="Binaries">The control plane's programs.</param>
/// <param name="NodePrograms">The programs that make a board a node.</param>
/// <param name="Images">The container images that nodes need.</param>
/// <param name="Kustomize">The program that builds what Git holds.</param>
internal sealed record ClusterParts(
    ClusterBinaries Binaries,
    NodePrograms NodePrograms,
    IReadOnlyList<WorkloadImage> Images,
    string Kustomize
)
{
    private const long LeastNodeMemory = 768L << 20;

    /// <summary>Fetches and builds what a run's cluster and nodes are made of; from the cache where it is there.</summary>
    /// <exception cref="RigException">A board is too small for a node, or the flavor serves no such boards.</exception>
    /// <exception cref="LabException">Something cannot be fetched or built.</exception>
    public static async Task<ClusterParts> PrepareAsync(
        RunSetup setup,
        LabFolders folders,
        ProcessOwner owner,
        CancellationToken cancellationToken
    )
    {
        if (setup.Boards.FirstOrDefault(board => board.Memory < LeastNodeMemory) is { } small)
            throw new RigException(
                $"board '{small.Name}' has {small.Memory >> 20} MiB of memory, and a cluster's node needs {LeastNodeMemory >> 20} MiB",
                $"{small.At}",
                "memory: 1GiB"
            );
        var progress = new PreparationReporter(setup.Say, setup.Time);
        var parts = await PrepareAsync(setup.Rig.Cluster, folders, owner, progress, refresh: false, cancellationToken);
        return parts.Binaries is K3sBinaries
            ? throw new RigException(
                "boards cannot join a cluster of k3s: their agent joins by kubeadm, with a key that their TPM quoted, and k3s takes no such key",
                remedy: "cluster: { flavor: kubeadm-debian }"
            )
            : parts;
    }

    /// <summary>The same for a rig's cluster, whatever boards there are.</summary>
    public static async Task<ClusterParts> PrepareAsync(
        RigCluster cluster,
        LabFolders folders,
        ProcessOwner owner,
        IProgress<PreparationProgress> progress,
        bool refresh,
        CancellationToken cancellationToken
    )
    {
        var mirror = Environment.GetEnvironmentVariable(LabInstallation.MirrorSetting);
        var images = await WorkloadPackages.PrepareAsync(folders.Cache, mirror, progress, cancellationToken);
        var kustomize = await KustomizeTool.PrepareAsync(folders.Cache, mirror, progress, cancellationToken);
        var flavor = await ClusterFlavors.ChooseAsync(ChoiceOf(cluster), folders, owner, cancellationToken);
        var binaries = await flavor.PrepareAsync(progress, refresh, cancellationToken);
        return new ClusterParts(binaries, NodeProgramsOf(binaries), images, kustomize);
    }

    internal static NodePrograms NodeProgramsOf(ClusterBinaries binaries) =>
        binaries switch
        {
            KubernetesBinaries kubernetes => new NodePrograms(kubernetes.NodePrograms),
            K3sBinaries k3s => NodePrograms.K3s(k3s.Node, k3s.NodeImages),
            _ => throw new InvalidOperationException($"{binaries} are no programs of a known kind"),
        };

    private static ClusterChoice ChoiceOf(RigCluster cluster) =>
        new(cluster.Flavor, cluster.Version, cluster.Sha256, cluster.Mirror);
}
