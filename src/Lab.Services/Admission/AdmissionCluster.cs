using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Lab.Services.Admission;

/// <summary>All that admission knows of the cluster whose gate it keeps.</summary>
/// <param name="Api">An administrator's client.</param>
/// <param name="BoardEndpoint">The API server as boards see it.</param>
/// <param name="HostEndpoint">The API server as this host sees it.</param>
/// <param name="Authority">The certificate of the cluster's authority.</param>
/// <param name="Version">The version of Kubernetes, e.g. <c>v1.20.2</c>.</param>
public sealed record AdmissionCluster(
    IKubernetes Api,
    Uri BoardEndpoint,
    Uri HostEndpoint,
    X509Certificate2 Authority,
    string Version
)
{
    /// <summary>The address of the cluster's DNS service.</summary>
    public string ClusterDns { get; init; } = "10.96.0.10";

    /// <summary>The authority's public key as kubeadm pins it: <c>sha256:</c> and the hash of its SubjectPublicKeyInfo.</summary>
    public string AuthorityHash =>
        $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Authority.PublicKey.ExportSubjectPublicKeyInfo()))}";
}
