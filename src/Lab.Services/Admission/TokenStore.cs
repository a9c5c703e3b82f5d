using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;

namespace Lab.Services.Admission;

/// <summary>Bootstrap tokens in the cluster: Secrets in kube-system (Kubernetes, "Authenticating with Bootstrap Tokens").</summary>
internal static class TokenStore
{
    private const string TokenNamespace = "kube-system";
    private const string TokenType = "bootstrap.kubernetes.io/token";
    private const string JoinGroup = "system:bootstrappers:kubeadm:default-node-token";
    private const string InfoNamespace = "kube-public";
    private const string InfoName = "cluster-info";

    /// <summary>Makes a token known to the API.</summary>
    public static async Task<BootstrapToken> CreateAsync(
        IKubernetes api,
        string board,
        DateTimeOffset expires,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var token = BootstrapToken.Create();
            try
            {
                await api.CoreV1.CreateNamespacedSecretAsync(
                    Describe(token, board, expires),
                    TokenNamespace,
                    cancellationToken: cancellationToken
                );
                return token;
            }
            catch (Exception exception) when (ApiFailures.Is(exception, HttpStatusCode.Conflict))
            {
                // Another token has this id: one in two thousand million.
            }
        }
    }

    /// <summary>
    /// Waits until cluster-info is signed for a token: kubeadm that comes earlier would wait 5 s before it looks again.
    /// </summary>
    public static async Task WaitUntilSignedAsync(IKubernetes api, string tokenId, CancellationToken cancellationToken)
    {
        var key = $"jws-kubeconfig-{tokenId}";
        await foreach (
            var (_, info) in api.CoreV1.WatchListNamespacedConfigMapAsync(
                InfoNamespace,
                fieldSelector: $"metadata.name={InfoName}",
                cancellationToken: cancellationToken
            )
        )
        {
            if (info.Data?.ContainsKey(key) == true)
                return;
        }
        throw new IOException("the API server ended the watch of cluster-info");
    }

    /// <summary>The token is no longer known.</summary>
    /// <returns>Whether it was.</returns>
    public static async Task<bool> DeleteAsync(IKubernetes api, string tokenId, CancellationToken cancellationToken)
    {
        try
        {
            await api.CoreV1.DeleteNamespacedSecretAsync(
                BootstrapToken.SecretNameOf(tokenId),
                TokenNamespace,
                cancellationToken: cancellationToken
            );
            return true;
        }
        catch (Exception exception) when (ApiFailures.Is(exception, HttpStatusCode.NotFound))
        {
            // Expired and cleaned up, or deleted before.
            return false;
        }
    }

    private static V1Secret Describe(BootstrapToken token, string board, DateTimeOffset expires) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = token.SecretName, NamespaceProperty = TokenNamespace },
            Type = TokenType,
            StringData = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["token-id"] = token.Id,
                ["token-secret"] = token.Secret,
                ["description"] = $"released to the TPM of {board} after its attestation",
                ["expiration"] = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["usage-bootstrap-authentication"] = "true",
                ["usage-bootstrap-signing"] = "true",
                ["auth-extra-groups"] = JoinGroup,
            },
        };
}
