using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Lab.Services.Admission;

/// <summary>Whoever has a token and the cluster's public certificate, and nothing else: not the board, not its TPM, not its key.</summary>
internal static class TokenThief
{
    /// <summary>Asks for a node's client certificate with a key of its own.</summary>
    /// <returns>The request's UID; null when the API does not let it ask.</returns>
    /// <exception cref="HttpOperationException">The API refused for another reason.</exception>
    public static async Task<string?> AskAsync(
        AdmissionCluster cluster,
        string token,
        string nodeName,
        CancellationToken cancellationToken
    )
    {
        using var client = new Kubernetes(
            new KubernetesClientConfiguration
            {
                Host = cluster.HostEndpoint.GetLeftPart(UriPartial.Authority),
                AccessToken = token,
                SslCaCerts = [cluster.Authority],
            }
        );
        try
        {
            var created = await client.CertificatesV1.CreateCertificateSigningRequestAsync(
                new V1CertificateSigningRequest
                {
                    Metadata = new V1ObjectMeta { GenerateName = "csr-" },
                    Spec = new V1CertificateSigningRequestSpec
                    {
                        SignerName = "kubernetes.io/kube-apiserver-client-kubelet",
                        Usages = ["digital signature", "key encipherment", "client auth"],
                        Request = MakeRequest(nodeName),
                    },
                },
                cancellationToken: cancellationToken
            );
            return created.Metadata.Uid;
        }
        catch (HttpOperationException refused)
            when (refused.Response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    private static byte[] MakeRequest(string nodeName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(NodeNames.Group);
        subject.AddCommonName(NodeNames.UserOf(nodeName));
        return Encoding.ASCII.GetBytes(
            new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem()
        );
    }
}
