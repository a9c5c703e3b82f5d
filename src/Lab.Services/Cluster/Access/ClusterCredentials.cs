using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;

namespace Lab.Services.Cluster.Access;

/// <summary>An administrator's way to the API server: its authority, and a client certificate with its key.</summary>
internal sealed class ClusterCredentials : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _client;

    private ClusterCredentials(X509Certificate2 authority, X509Certificate2 client)
    {
        _authority = authority;
        _client = client;
    }

    /// <summary>The credentials in a kubeconfig that holds them itself.</summary>
    public static ClusterCredentials Read(string kubeconfigPath)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfigPath);
        using var client = X509Certificate2.CreateFromPem(
            Text(configuration.ClientCertificateData),
            Text(configuration.ClientCertificateKeyData)
        );
        return new ClusterCredentials(
            X509CertificateLoader.LoadCertificate(configuration.SslCaCerts[0].RawDataMemory.Span),
            // TLS wants a key that is not tied to the object it was read into.
            X509CertificateLoader.LoadPkcs12(client.Export(X509ContentType.Pkcs12), null)
        );
    }

    /// <summary>kubeadm's pin of the authority: SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string AuthorityHash =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(_authority.PublicKey.ExportSubjectPublicKeyInfo()));

    public SocketsHttpHandler CreateHandler() =>
        new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [_client],
                // TLS sends a client certificate only where the server names its issuer, unless it is chosen here.
                LocalCertificateSelectionCallback = (_, _, _, _, _) => _client,
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            UseProxy = false,
            // A server that starts lets connections wait before it serves any; others would queue up behind one that hangs.
            ConnectTimeout = ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };

    public void Dispose()
    {
        _client.Dispose();
        _authority.Dispose();
    }

    private static string Text(string base64) => Encoding.ASCII.GetString(Convert.FromBase64String(base64));
}
