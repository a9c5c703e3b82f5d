namespace Lab.Controller.Rigs;

/// <summary>The cluster that the rig's boards join.</summary>
/// <param name="Flavor">What it is made of: <c>kubeadm-debian</c>, <c>kubeadm</c> or <c>k3s</c>; null where the lab chooses.</param>
/// <param name="Version">The Kubernetes version, such as <c>v1.34.2</c>; null for the flavor's own.</param>
/// <param name="Sha256">SHA-256 (hexadecimal) of the release's list of checksums, which pins every file of it.</param>
/// <param name="Mirror">Where downloads are taken from, a folder or an HTTP origin; null for the publisher.</param>
/// <param name="CertificateSeconds">How long a node's certificate is good for; the node renews it at half of that.</param>
public sealed record RigCluster(
    string? Flavor = null,
    string? Version = null,
    string? Sha256 = null,
    string? Mirror = null,
    int CertificateSeconds = RigCluster.DefaultCertificate
)
{
    /// <summary>An hour, in seconds.</summary>
    public const int DefaultCertificate = 3600;
}
