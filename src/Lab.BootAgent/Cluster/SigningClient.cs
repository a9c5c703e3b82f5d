using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Lab.BootAgent.Cluster;

/// <summary>Asks the cluster's API to sign a certificate, as the node that it is already.</summary>
internal sealed class SigningClient : IDisposable
{
    private const string Path = "apis/certificates.k8s.io/v1/certificatesigningrequests";

    private readonly HttpClient _client;

    /// <summary>Prepares connections to an API server that shows a certificate of that authority.</summary>
    public SigningClient(Uri apiServer, X509Certificate2 authority, X509Certificate2 node)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = trust,
                ClientCertificateContext = SslStreamCertificateContext.Create(node, additionalCertificates: null, offline: true),
            },
        };
        _client = new HttpClient(handler) { BaseAddress = apiServer, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks, and waits until it is decided on.</summary>
    /// <param name="requestPem">The request (PKCS#10, PEM).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The certificate (PEM).</returns>
    /// <exception cref="HttpRequestException">The API cannot be reached or refuses.</exception>
    /// <exception cref="SigningDeniedException">It was denied; with the reason.</exception>
    public async Task<string> SignAsync(string requestPem, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(Describe(requestPem));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _client.PostAsync(Path, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var created = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        var metadata = created.RootElement.GetProperty("metadata");
        var name = metadata.GetProperty("name").GetString();
        var version = metadata.GetProperty("resourceVersion").GetString();
        // From the version that was created on, so that nothing is missed.
        await using var events = await _client.GetStreamAsync(
            $"{Path}?watch=true&fieldSelector=metadata.name%3D{name}&resourceVersion={version}",
            cancellationToken
        );
        using var lines = new StreamReader(events);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            using var change = JsonDocument.Parse(line);
            if (Read(change.RootElement) is { } certificate)
                return certificate;
        }

        throw new HttpRequestException("the API server ended the watch of the signing request");
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The certificate in an event of a watch; null while there is none.</summary>
    internal static string? Read(JsonElement change)
    {
        if (!change.GetProperty("object").TryGetProperty("status", out var status))
            return null;
        if (status.TryGetProperty("conditions", out var conditions))
        {
            foreach (var condition in conditions.EnumerateArray())
            {
                if (condition.GetProperty("type").GetString() is "Denied" or "Failed")
                    throw new SigningDeniedException($"{Text(condition, "reason")}: {Text(condition, "message")}");
            }
        }

        return status.TryGetProperty("certificate", out var certificate)
            ? System.Text.Encoding.ASCII.GetString(certificate.GetBytesFromBase64())
            : null;
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static ReadOnlyMemory<byte> Describe(string requestPem)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, "certificates.k8s.io/v1");
        json.WriteString("kind"u8, "CertificateSigningRequest");
        json.WriteStartObject("metadata"u8);
        json.WriteString("generateName"u8, "node-renewal-");
        json.WriteEndObject();
        json.WriteStartObject("spec"u8);
        json.WriteString("signerName"u8, "kubernetes.io/kube-apiserver-client-kubelet");
        json.WriteBase64String("request"u8, System.Text.Encoding.ASCII.GetBytes(requestPem));
        // The signer before 1.27 takes exactly these three, whatever the key can do.
        json.WriteStartArray("usages"u8);
        json.WriteStringValue("digital signature"u8);
        json.WriteStringValue("key encipherment"u8);
        json.WriteStringValue("client auth"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
