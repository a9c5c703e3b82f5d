namespace Lab.Services.Cluster.Flavors;

/// <summary>The programs of a cluster of k3s.</summary>
/// <param name="Version">The release of Kubernetes in it.</param>
/// <param name="Release">The release of k3s, as <c>v1.34.1+k3s1</c>.</param>
/// <param name="Server">k3s for this machine.</param>
/// <param name="Node">k3s for arm64.</param>
/// <param name="NodeImages">The archive of images that an arm64 node needs, for <c>agent/images/</c> of its data folder.</param>
public sealed record K3sBinaries(KubernetesVersion Version, string Release, string Server, string Node, string NodeImages)
    : ClusterBinaries(K3sFlavor.FlavorName, Version);
