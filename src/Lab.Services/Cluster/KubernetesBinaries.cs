namespace Lab.Services.Cluster;

/// <summary>The programs of a cluster that is put together as kubeadm does.</summary>
/// <param name="Flavor">The flavor's name.</param>
/// <param name="Version">The release of Kubernetes.</param>
/// <param name="ControlPlane">
/// A folder with <c>kubeadm</c>, <c>kube-apiserver</c>, <c>kube-controller-manager</c>, <c>kube-scheduler</c> and <c>kubectl</c> for this
/// machine; they may be links to one program that goes by the name it is called.
/// </param>
/// <param name="Etcd">etcd, for this machine.</param>
/// <param name="NodePrograms">The paths of <c>kubelet</c>, <c>kubeadm</c> and <c>kube-proxy</c> for arm64, by name. They may be one file.</param>
public sealed record KubernetesBinaries(
    string Flavor,
    KubernetesVersion Version,
    string ControlPlane,
    string Etcd,
    IReadOnlyDictionary<string, string> NodePrograms
) : ClusterBinaries(Flavor, Version)
{
    /// <summary>The names a node's programs go by.</summary>
    public static readonly IReadOnlyList<string> NodeNames = ["kubelet", "kubeadm", "kube-proxy"];

    /// <summary>kubectl for this machine.</summary>
    public string Kubectl => Program("kubectl");

    internal string Program(string name) => Path.Combine(ControlPlane, name);
}
