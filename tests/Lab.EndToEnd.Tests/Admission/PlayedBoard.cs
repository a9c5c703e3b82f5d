using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Lab.Services.Attestation;

namespace Lab.EndToEnd.Tests.Admission;

/// <summary>A board after its evidence was found good: it joins as kubelet and kubeadm do, with the key that its quote binds, and attests on.</summary>
internal sealed class PlayedBoard : IAsyncDisposable
{
    private const string Signer = "kubernetes.io/kube-apiserver-client-kubelet";

    private readonly AdmittedCluster _lab;
    private readonly CancellationTokenSource _power = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly uint _resetCount;
    private Task _attesting = Task.CompletedTask;

    private PlayedBoard(AdmittedCluster lab, string name, uint resetCount)
    {
        _lab = lab;
        Name = name;
        _resetCount = resetCount;
    }

    public string Name { get; }

    /// <summary>What was released to it.</summary>
    public JsonNode Secret { get; private set; } = new JsonObject();

    public string Token => (string)Secret["token"]!;

    public string KeySha256 => Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()));

    /// <summary>A client with its node's certificate.</summary>
    public Kubernetes? Node { get; private set; }

    /// <summary>Boots and attests; whatever was released to an earlier boot is forgotten.</summary>
    public static async Task<PlayedBoard> BootAsync(AdmittedCluster lab, string name, uint resetCount = 1)
    {
        var board = new PlayedBoard(lab, name, resetCount);
        board.Secret = JsonNode.Parse(await lab.Admission.ReleaseAsync(board.Attested(renews: false), CancellationToken.None))!;
        return board;
    }

    /// <summary>What the attestation service says of it.</summary>
    public AttestedBoard Attested(bool renews, uint? resetCount = null) =>
        new(Name, $"tpm of {Name}", resetCount ?? _resetCount, KeySha256, renews);

    /// <summary>Asks for its certificate, fetches it, makes its Node object, and attests on in the background.</summary>
    public async Task JoinAsync()
    {
        using var client = Client(new KubernetesClientConfiguration { AccessToken = Token });
        var asked = await client.CertificatesV1.CreateCertificateSigningRequestAsync(
            new V1CertificateSigningRequest
            {
                Metadata = new V1ObjectMeta { Name = $"node-csr-{KeySha256[..32]}" },
                Spec = new V1CertificateSigningRequestSpec
                {
                    SignerName = Signer,
                    Usages = ["digital signature", "key encipherment", "client auth"],
                    Request = MakeRequest(Name, _key),
                },
            }
        );
        using var late = new CancellationTokenSource(_lab.Soon);
        await foreach (
            var (_, request) in client.CertificatesV1.WatchListCertificateSigningRequestAsync(
                fieldSelector: $"metadata.name={asked.Metadata.Name}",
                cancellationToken: late.Token
            )
        )
        {
            if (request.Status?.Conditions?.FirstOrDefault(one => one.Type == "Denied") is { } denied)
                throw new InvalidOperationException($"denied: {denied.Reason}: {denied.Message}");
            if (request.Status?.Certificate is not { Length: > 0 } certificate)
                continue;
            Node = Client(
                new KubernetesClientConfiguration
                {
                    ClientCertificateData = Convert.ToBase64String(certificate),
                    ClientCertificateKeyData = Convert.ToBase64String(Encoding.ASCII.GetBytes(_key.ExportECPrivateKeyPem())),
                }
            );
            break;
        }
        await Node!.CoreV1.CreateNodeAsync(
            new V1Node { Metadata = new V1ObjectMeta { Name = Name } },
            cancellationToken: late.Token
        );
        _attesting = Task.Run(AttestAsync);
    }

    /// <summary>Asks for another certificate with the one that it has.</summary>
    /// <returns>The reason of the decision.</returns>
    public async Task<string> RenewAsync(string node, bool anotherKey = false)
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = await Node!.CertificatesV1.CreateCertificateSigningRequestAsync(
            new V1CertificateSigningRequest
            {
                Metadata = new V1ObjectMeta { GenerateName = "node-renewal-" },
                Spec = new V1CertificateSigningRequestSpec
                {
                    SignerName = Signer,
                    Usages = ["digital signature", "key encipherment", "client auth"],
                    Request = MakeRequest(node, anotherKey ? foreign : _key),
                },
            }
        );
        using var late = new CancellationTokenSource(_lab.Soon);
        await foreach (
            var (_, request) in Node.CertificatesV1.WatchListCertificateSigningRequestAsync(
                fieldSelector: $"metadata.name={asked.Metadata.Name}",
                cancellationToken: late.Token
            )
        )
        {
            if (
                request.Status?.Conditions?.FirstOrDefault() is { } decided
                && (decided.Type == "Denied" || request.Status.Certificate is { Length: > 0 })
            )
                return decided.Reason;
        }
        throw new InvalidOperationException("the watch ended");
    }

    /// <summary>Someone else's pod, put on this node.</summary>
    public async Task<string> ScheduleAsync()
    {
        var pod = await _lab.Api.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { GenerateName = "work-" },
                Spec = new V1PodSpec
                {
                    NodeName = Name,
                    AutomountServiceAccountToken = false,
                    Containers = [new V1Container { Name = "work", Image = "registry.hwlab/work" }],
                },
            },
            "kube-system"
        );
        return pod.Metadata.Name;
    }

    /// <summary>It attests no more; its certificate and key are still there.</summary>
    public async Task FallSilentAsync()
    {
        await _power.CancelAsync();
        await _attesting;
    }

    public async ValueTask DisposeAsync()
    {
        await FallSilentAsync();
        Node?.Dispose();
        _power.Dispose();
        _key.Dispose();
    }

    private async Task AttestAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_lab.Admission.AttestationInterval / 2, _power.Token);
                await _lab.Admission.ReleaseAsync(Attested(renews: true), _power.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SecretRefusedException)
        {
            // The board is off, or was told no.
        }
    }

    private Kubernetes Client(KubernetesClientConfiguration configuration)
    {
        configuration.Host = _lab.Cluster.HostEndpoint.AbsoluteUri;
        configuration.SslCaCerts = _lab.Cluster.CreateClientConfiguration().SslCaCerts;
        return new Kubernetes(configuration);
    }

    private static byte[] MakeRequest(string node, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName("system:nodes");
        subject.AddCommonName($"system:node:{node}");
        return Encoding.ASCII.GetBytes(
            new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem()
        );
    }
}
