using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lab.BootAgent.Node;

/// <summary>
/// The key of the node's client certificate: made anew for each boot, kept in memory only. The TPM's quote holds the digest of its public
/// part, so the certificate goes to the boot that attested and to nobody else.
/// </summary>
internal sealed class NodeKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public NodeKey() => PublicSha256 = SHA256.HashData(_key.ExportSubjectPublicKeyInfo());

    /// <summary>SHA-256 of the SubjectPublicKeyInfo (DER).</summary>
    public byte[] PublicSha256 { get; }

    /// <summary>The private key as kubelet reads it: <c>EC PRIVATE KEY</c> (RFC 5915), PEM.</summary>
    public string ExportPem() => _key.ExportECPrivateKeyPem() + "\n";

    /// <summary>A request for the certificate of a node (PKCS#10, PEM): Kubernetes, "Certificates and Certificate Signing Requests".</summary>
    public string CreateSigningRequest(string node)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName("system:nodes");
        subject.AddCommonName($"system:node:{node}");
        return new CertificateRequest(subject.Build(), _key, HashAlgorithmName.SHA256).CreateSigningRequestPem() + "\n";
    }

    /// <summary>A certificate for this key, with it.</summary>
    /// <exception cref="CryptographicException">The text is no certificate, or one for another key.</exception>
    public X509Certificate2 Join(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        try
        {
            return certificate.CopyWithPrivateKey(_key);
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException("the certificate is for another key", error);
        }
    }

    public void Dispose() => _key.Dispose();
}
