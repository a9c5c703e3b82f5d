using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Lab.Trust.Oci;

namespace Lab.Services.GitOps.Sources;

/// <summary>A registry, and the login and authority that the object's Secrets hold for it.</summary>
internal sealed class OciRemote : IDisposable
{
    private readonly HttpClient _http;
    private readonly OciClient _client;
    private readonly OciAddress _address;

    private OciRemote(OciAddress address, HttpClient http, OciClient client)
    {
        _address = address;
        _http = http;
        _client = client;
    }

    /// <param name="address">Where.</param>
    /// <param name="login">The Secret of <c>spec.secretRef</c>, of type <c>kubernetes.io/dockerconfigjson</c>; empty for none.</param>
    /// <param name="certificates">The Secret of <c>spec.certSecretRef</c>; empty for none.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SourceException">A Secret is not as it must be.</exception>
    public static OciRemote Create(
        OciAddress address,
        IReadOnlyDictionary<string, byte[]> login,
        IReadOnlyDictionary<string, byte[]> certificates,
        TimeProvider time
    )
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = true, ConnectTimeout = TimeSpan.FromSeconds(15) };
        if (Authorities(certificates) is { } roots)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        var options = new OciClientOptions
        {
            Time = time,
            Credential = DockerLogin.Find(login, address.Registry.Authority),
            // Whoever wrote spec.insecure wanted plain HTTP.
            AllowCredentialOverPlainHttp = address.Registry.Scheme == Uri.UriSchemeHttp,
        };
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        return new OciRemote(address, http, new OciClient(http, address.Registry, options));
    }

    /// <summary>Finds out what a reference names now.</summary>
    /// <exception cref="SourceException">There is no such artifact, or the registry cannot be reached.</exception>
    public Task<OciCheckout> ResolveAsync(OciSelection selection, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var tag = selection.Digest is null
                ? await selection.ChooseAsync(_client, _address.Repository, cancellationToken)
                : null;
            var content = await _client.PullContentAsync(
                _address.Repository,
                tag ?? selection.Digest!.ToString(),
                cancellationToken
            );
            var digest = content.Descriptor.Digest;
            return new OciCheckout(
                tag is null ? $"{digest}" : $"{tag}@{digest}",
                digest,
                OciManifest.Parse(content.Bytes, content.Descriptor.MediaType)
            );
        });

    /// <summary>The files of the artifact's layer.</summary>
    /// <param name="checkout">The artifact.</param>
    /// <param name="mediaType">Which layer, by its type; null for the first.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SourceException">There is no such layer, or it holds what must not be unpacked.</exception>
    public async Task<SortedDictionary<string, byte[]>> ReadAsync(
        OciCheckout checkout,
        string? mediaType,
        GitLimits limits,
        CancellationToken cancellationToken
    )
    {
        var layer =
            checkout.Manifest.Layers.FirstOrDefault(layer => mediaType is null || layer.MediaType == mediaType)
            ?? throw new SourceException(
                SourceException.OciLayerFailed,
                mediaType is null
                    ? "no layers found in artifact"
                    : $"failed to find layer with media type '{mediaType}' in artifact"
            );
        var content = await GuardAsync(() =>
            _client.PullBlobAsync(_address.Repository, layer, (int)Math.Min(limits.Total, Array.MaxLength), cancellationToken)
        );
        return await new LayerFiles(limits).ReadAsync(content, cancellationToken);
    }

    /// <summary>The signatures that cosign put beside an artifact: payload and signature in base64.</summary>
    public Task<IReadOnlyList<(byte[] Payload, string Signature)>> ReadSignaturesAsync(
        OciDigest digest,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(async () =>
        {
            // cosign's specification, "Signature Spec", section "Storage".
            var tag = $"{digest.Algorithm}-{digest.Hex}.sig";
            OciContent content;
            try
            {
                content = await _client.PullContentAsync(_address.Repository, tag, cancellationToken);
            }
            catch (OciException exception) when (exception.Code == OciErrorCode.NotFound)
            {
                return [];
            }

            var found = new List<(byte[], string)>();
            var manifest = OciManifest.Parse(content.Bytes, content.Descriptor.MediaType);
            foreach (var layer in manifest.Layers.Take(CosignVerifier.MostSignatures))
            {
                if (
                    layer.MediaType == CosignVerifier.PayloadType
                    && layer.Annotations.TryGetValue(CosignVerifier.SignatureAnnotation, out var signature)
                )
                    found.Add(
                        (
                            await _client.PullBlobAsync(
                                _address.Repository,
                                layer,
                                CosignVerifier.LongestPayload,
                                cancellationToken
                            ),
                            signature
                        )
                    );
            }

            return (IReadOnlyList<(byte[], string)>)found;
        });

    public void Dispose() => _http.Dispose();

    private static X509Certificate2Collection? Authorities(IReadOnlyDictionary<string, byte[]> secret)
    {
        foreach (var field in (string[])["tls.crt", "tls.key", "certFile", "keyFile"])
        {
            if (secret.ContainsKey(field))
                throw new SourceException(
                    SourceException.Unsupported,
                    $"a client certificate ({field} in spec.certSecretRef) is not supported by the embedded engine",
                    stalled: true
                );
        }

        if (!secret.TryGetValue("ca.crt", out var pem) && !secret.TryGetValue("caFile", out pem))
            return null;
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(Encoding.UTF8.GetString(pem));
            return roots;
        }
        catch (CryptographicException exception)
        {
            throw new SourceException(
                SourceException.AuthenticationFailed,
                $"ca.crt of spec.certSecretRef: {exception.Message}",
                inner: exception
            );
        }
    }

    private static async Task<TResult> GuardAsync<TResult>(Func<Task<TResult>> pull)
    {
        try
        {
            return await pull();
        }
        catch (OciException exception)
        {
            var reason =
                exception.Code == OciErrorCode.Unauthorized
                    ? SourceException.AuthenticationFailed
                    : SourceException.OciPullFailed;
            throw new SourceException(reason, $"failed to pull artifact: {exception.Message}", inner: exception);
        }
    }
}
