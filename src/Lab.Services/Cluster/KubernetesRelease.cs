namespace Lab.Services.Cluster;

/// <summary>
/// What differs between releases of Kubernetes as far as the lab touches it: one place for all. Only 1.20 was run here; the rest is from the
/// releases' own change logs.
/// </summary>
internal sealed record KubernetesRelease(KubernetesVersion Version)
{
    /// <summary>The configuration API of kubeadm.</summary>
    public string KubeadmApi =>
        Version.Minor switch
        {
            < 22 => "kubeadm.k8s.io/v1beta2",
            < 31 => "kubeadm.k8s.io/v1beta3",
            _ => "kubeadm.k8s.io/v1beta4",
        };

    /// <summary>Where kubeadm keeps the kubelets' configuration, in kube-system.</summary>
    public string KubeletConfigMap => Version.Minor < 24 ? $"kubelet-config-{Version.Major}.{Version.Minor}" : "kubelet-config";

    /// <summary>The label and taint of control plane nodes.</summary>
    public string ControlPlaneLabel =>
        Version.Minor < 24 ? "node-role.kubernetes.io/master" : "node-role.kubernetes.io/control-plane";

    /// <summary>The kubeconfig, written by kubeadm, of somebody whom no role binding must exist for.</summary>
    public string AdministratorKubeconfig => Version.Minor < 29 ? "admin.conf" : "super-admin.conf";

    /// <summary>Keys on a curve are asked for by a feature gate up to v1beta3 and by a field since.</summary>
    public string KeyAlgorithm =>
        Version.Minor < 31 ? "featureGates:\n  PublicKeysECDSA: true" : "encryptionAlgorithm: ECDSA-P256";

    /// <summary>Before 1.24, controller manager and scheduler open a second, plain port unless told not to.</summary>
    public bool HasInsecurePorts => Version.Minor < 24;

    /// <summary>
    /// By how much the certificates that its controller manager signs are good for less than it is told: it puts their beginning five minutes
    /// into the past and counts from there (pkg/controller/certificates/authority).
    /// </summary>
    public TimeSpan SigningBackdate => Version.Minor < 22 ? TimeSpan.FromMinutes(5) : TimeSpan.Zero;

    /// <summary>The versions of the container runtime interface that its kubelet speaks.</summary>
    public IReadOnlyList<string> RuntimeInterfaces =>
        Version.Minor switch
        {
            < 23 => ["v1alpha2"],
            < 26 => ["v1", "v1alpha2"],
            _ => ["v1"],
        };

    /// <summary>The release of etcd that goes with it.</summary>
    public string EtcdVersion => Version.Minor < 34 ? "v3.5.21" : "v3.6.4";

    /// <summary>Whether service accounts get a Secret with a token by themselves.</summary>
    public bool MakesTokenSecrets => Version.Minor < 24;

    /// <summary>Whether its kubelet starts on cgroup v1.</summary>
    public bool RunsOnCgroupV1 => Version.Minor < 35;
}
