namespace Lab.Services.Cluster.Kubeadm;

/// <summary>What kubeadm is told: its configuration file, in the API of the release.</summary>
internal static class KubeadmConfiguration
{
    /// <summary>The name of the control plane where kubeadm wants that of a node: it never becomes one.</summary>
    public const string PlaceholderNode = "hwlab-control-plane";

    public static string Write(
        KubernetesRelease release,
        ClusterAddresses addresses,
        string certificates,
        ClusterOptions options
    ) =>
        $"""
            apiVersion: {release.KubeadmApi}
            kind: InitConfiguration
            localAPIEndpoint:
              advertiseAddress: {addresses.BoardHost}
              bindPort: {addresses.Port}
            nodeRegistration:
              name: {PlaceholderNode}
              criSocket: {CriSocket(release)}
            ---
            apiVersion: {release.KubeadmApi}
            kind: ClusterConfiguration
            kubernetesVersion: {release.Version}
            certificatesDir: {certificates}
            controlPlaneEndpoint: {addresses.BoardHost}:{addresses.Port}
            {release.KeyAlgorithm}
            networking:
              serviceSubnet: {options.ServiceSubnet}
              podSubnet: {options.PodSubnet}
            apiServer:
              certSANs: [{addresses.BoardHost}, 127.0.0.1, localhost]
            ---
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            cgroupDriver: cgroupfs
            clusterDNS: [{options.ClusterDns}]
            # Where kubeadm join puts it; else kubeadm names the folder of this control plane, and the resolver of this host.
            authentication:
              x509:
                clientCAFile: /etc/kubernetes/pki/ca.crt
            resolvConf: /etc/resolv.conf
            # kubeadm always uploads rotateCertificates: true; the node's agent overrides it, so that the kubelet keeps the key that the
            # board's TPM quoted.
            nodeStatusUpdateFrequency: 2s

            """;

    // Before 1.24, kubeadm takes a bare path; later ones want a URL.
    private static string CriSocket(KubernetesRelease release) =>
        (release.Version.Minor < 24 ? "" : "unix://") + "/run/containerd/containerd.sock";
}
