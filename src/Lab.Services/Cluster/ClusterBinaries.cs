namespace Lab.Services.Cluster;

/// <summary>The programs that a cluster is made of, ready on this machine: what a flavor prepares.</summary>
/// <param name="Flavor">The flavor's name.</param>
/// <param name="Version">The release of Kubernetes.</param>
public abstract record ClusterBinaries(string Flavor, KubernetesVersion Version);
