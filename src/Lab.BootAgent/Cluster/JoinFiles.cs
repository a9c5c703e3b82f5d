using System.Text;
using Lab.BootAgent.Node;

namespace Lab.BootAgent.Cluster;

/// <summary>The files that a join needs, below a root folder (the board's own, or a test's).</summary>
/// <param name="root">The folder that stands for <c>/</c>; ends in a slash.</param>
internal sealed class JoinFiles(string root)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where kubelet's bootstrap looks for a key that an earlier try left (kubelet's certificate/bootstrap).</summary>
    public string NodeKey => $"{root}var/lib/kubelet/pki/kubelet-client.key.tmp";

    /// <summary>The certificate and key that <see cref="KubeletCredentials"/> name, in one PEM file (client-go's certificate store).</summary>
    public string NodeCertificate => $"{root}var/lib/kubelet/pki/kubelet-client-current.pem";

    /// <summary>kubelet's credentials; there once its certificate was issued.</summary>
    public string KubeletCredentials => $"{root}etc/kubernetes/kubelet.conf";

    public string BootstrapCredentials => $"{root}etc/kubernetes/bootstrap-kubelet.conf";

    public string ClusterAuthority => $"{root}etc/kubernetes/pki/ca.crt";

    public string KubeletConfiguration => $"{root}var/lib/kubelet/config.yaml";

    /// <summary>Flags that kubeadm decided on, in the form of an environment file.</summary>
    public string KubeletFlags => $"{root}var/lib/kubelet/kubeadm-flags.env";

    public string JoinConfiguration => $"{root}run/hwlab/join.yaml";

    private string NetworkConfiguration => $"{root}etc/cni/net.d/10-hwlab.conflist";

    /// <summary>Removes what an earlier agent of this boot left: the key it was for is gone with it.</summary>
    public void Clear()
    {
        string[] files = [KubeletCredentials, BootstrapCredentials, KubeletFlags, JoinConfiguration];
        foreach (var file in files.Where(File.Exists))
            File.Delete(file);
        var keys = Path.GetDirectoryName(NodeKey)!;
        if (Directory.Exists(keys))
            Directory.Delete(keys, recursive: true);
    }

    /// <summary>Writes all of them.</summary>
    /// <param name="secret">What attestation released.</param>
    /// <param name="key">The key that the quote was bound to.</param>
    /// <param name="services">The origin of the rig's services, whose registry holds the images.</param>
    public void Write(JoinSecret secret, NodeKey key, Uri services)
    {
        Put(NodeKey, key.ExportPem(), Private);
        Put(NetworkConfiguration, Network(secret));
        Put($"{root}etc/containerd/certs.d/{secret.Registry}/hosts.toml", RegistryHosts(services));
        Put(JoinConfiguration, Join(secret), Private);
    }

    /// <summary>Puts another certificate in the place of the node's, in one step: who reads it finds the old or the new one.</summary>
    public void ReplaceCertificate(string certificatePem, NodeKey key)
    {
        var next = NodeCertificate + ".next";
        Put(next, certificatePem.TrimEnd() + "\n" + key.ExportPem(), Private);
        File.Move(next, NodeCertificate, overwrite: true);
    }

    /// <summary>The flags in <see cref="KubeletFlags"/>; none if kubeadm wrote none.</summary>
    public IReadOnlyList<string> ReadKubeletFlags()
    {
        if (!File.Exists(KubeletFlags))
            return [];
        var line = File.ReadLines(KubeletFlags)
            .FirstOrDefault(each => each.StartsWith("KUBELET_KUBEADM_ARGS=", StringComparison.Ordinal));
        return line is null
            ? []
            : line[(line.IndexOf('=') + 1)..].Trim().Trim('"').Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Bridge, address range and port mapping, as the CNI plug-ins of the reference project read them.</summary>
    internal static string Network(JoinSecret secret) =>
        $$"""
            {
              "cniVersion": "0.4.0",
              "name": "hwlab",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "cni0",
                  "isDefaultGateway": true,
                  "ipMasq": true,
                  "hairpinMode": true,
                  "ipam": { "type": "host-local", "ranges": [[{ "subnet": "{{secret.PodCidr}}" }]] }
                },
                { "type": "portmap", "capabilities": { "portMappings": true } }
              ]
            }

            """;

    /// <summary>containerd's way to a registry: docs/hosts.md of that project.</summary>
    internal static string RegistryHosts(Uri services)
    {
        var origin = services.GetLeftPart(UriPartial.Authority);
        return $"""
            server = "{origin}"

            [host."{origin}"]
              capabilities = ["pull", "resolve"]

            """;
    }

    /// <summary>kubeadm's configuration in the version that the cluster's kubeadm knows.</summary>
    internal static string Join(JoinSecret secret)
    {
        var (version, timeout) = secret.Kubernetes.Minor switch
        {
            < 22 => ("v1beta2", "  timeout: 2m0s\n"),
            < 31 => ("v1beta3", "  timeout: 2m0s\n"),
            _ => ("v1beta4", "timeouts:\n  discovery: 2m0s\n"),
        };
        // kubeadm < 1.24 takes a bare path and newer ones ask for the scheme.
        var socket = secret.Kubernetes.Minor < 24 ? "/run/containerd/containerd.sock" : "unix:///run/containerd/containerd.sock";
        return $"""
                apiVersion: kubeadm.k8s.io/{version}
                kind: JoinConfiguration
                nodeRegistration:
                  name: "{secret.Node}"
                  criSocket: "{socket}"
                  taints: []
                discovery:
                  bootstrapToken:
                    apiServerEndpoint: "{secret.ApiServer.Authority}"
                    token: "{secret.Token}"
                    caCertHashes: ["{secret.CaCertHash}"]

                """ + timeout;
    }

    private static void Put(
        string path,
        string content,
        UnixFileMode mode = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
    }
}
