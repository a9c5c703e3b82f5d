using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lab.Services.Admission;

namespace Lab.Services.Tests.Admission;

/// <summary>Signing requests, good and bad.</summary>
internal static class TestRequests
{
    public const string Signer = "kubernetes.io/kube-apiserver-client-kubelet";

    public static readonly string[] KubeletUsages = ["digital signature", "key encipherment", "client auth"];

    public static X500DistinguishedName Subject(params (string Oid, string Value)[] parts)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var (oid, value) in parts)
            subject.Add(oid, value);
        return subject.Build();
    }

    public static X500DistinguishedName NodeSubject(string node) =>
        Subject(("2.5.4.10", "system:nodes"), ("2.5.4.3", $"system:node:{node}"));

    public static byte[] Pem(ECDsa key, X500DistinguishedName subject, Action<CertificateRequest>? more = null)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        more?.Invoke(request);
        return Encoding.ASCII.GetBytes(request.CreateSigningRequestPem());
    }

    public static string KeySha256(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    public static SigningRequest Of(byte[] pem, string tokenId, string uid = "uid-1") =>
        new(uid, Signer, $"system:bootstrap:{tokenId}", KubeletUsages, pem);
}
