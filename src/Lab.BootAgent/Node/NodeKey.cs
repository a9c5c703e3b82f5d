using System.Security.Cryptography;

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

    public void Dispose() => _key.Dispose();
}
