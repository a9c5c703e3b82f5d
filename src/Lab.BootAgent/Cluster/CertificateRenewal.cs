using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Lab.BootAgent.Events;
using Lab.BootAgent.Node;

namespace Lab.BootAgent.Cluster;

/// <summary>
/// Renews the node's client certificate before it ends, for the same key: the one that each quote of this boot binds, and so the only one that
/// the lab lets be signed. kubelet's own rotation would make a key that no quote knows.
/// </summary>
/// <param name="files">Where the certificate is.</param>
/// <param name="key">The node's key.</param>
/// <param name="sign">Has a request signed: the certificate that the node has, the request, both PEM; gives the new one.</param>
/// <param name="restart">Makes kubelet and kube-proxy use the new one: they would look for themselves every five minutes only.</param>
/// <param name="events">Told of each renewal, and of each that fails.</param>
/// <param name="time">The clock.</param>
internal sealed class CertificateRenewal(
    JoinFiles files,
    NodeKey key,
    Func<X509Certificate2, string, CancellationToken, Task<string>> sign,
    Func<Task> restart,
    EventWriter events,
    TimeProvider time
)
{
    // The node attests between two tries; the usual patience is three times 15 s.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private string? _seen;
    private DateTimeOffset _due;

    /// <summary>Renews the certificate if half of its life is over. A renewal that fails is tried again the next time.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RenewIfDueAsync(string node, CancellationToken cancellationToken)
    {
        if (!File.Exists(files.NodeCertificate))
            return;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Limit);
        try
        {
            using var current = key.Join(await File.ReadAllTextAsync(files.NodeCertificate, cancellationToken));
            if (!IsDue(current))
                return;
            var signed = await sign(current, key.CreateSigningRequest(node), late.Token);
            using var next = key.Join(signed);
            files.ReplaceCertificate(signed, key);
            await restart();
            events.Write("certificate", json => json.WriteString("expires"u8, next.NotAfter.ToUniversalTime()));
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or SigningDeniedException or CryptographicException
                || error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            NodeEvents.Waiting(events, "certificate", error.Message);
        }
    }

    /// <summary>Half of what it had left when it was first seen: signers put the beginning of a certificate's life into the past.</summary>
    private bool IsDue(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (_seen != certificate.Thumbprint)
        {
            _seen = certificate.Thumbprint;
            _due = now + ((new DateTimeOffset(certificate.NotAfter) - now) / 2);
        }

        return now >= _due;
    }
}
