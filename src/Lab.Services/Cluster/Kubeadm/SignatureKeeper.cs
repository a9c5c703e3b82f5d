using System.Text;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Services.Cluster.Access;

namespace Lab.Services.Cluster.Kubeadm;

/// <summary>
/// Sees that the cluster's address is signed with every bootstrap token, which joining nodes wait for. The controller manager's signer tries once
/// for each event and does not try again when the API server was too busy: then this gives it another event.
/// </summary>
internal sealed class SignatureKeeper(ClusterApi api, TimeProvider time)
{
    public const string TokensPath =
        "/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken";

    // What the signer takes on a machine with nothing to spare.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HashSet<string> _signed = new(StringComparer.Ordinal);

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var tokens = await new CollectionWatch(api, TokensPath, time).WaitAsync(
                items => items.Any(item => !_signed.Contains(NameOf(item))),
                cancellationToken
            );
            await Task.Delay(Patience, time, cancellationToken);
            try
            {
                await CheckAsync([.. tokens.Select(NameOf).Except(_signed, StringComparer.Ordinal)], cancellationToken);
            }
            catch (LabException)
            {
                // The API server is being started again: the next round finds the same tokens.
            }
        }
    }

    private async Task CheckAsync(string[] secrets, CancellationToken cancellationToken)
    {
        var info = await api.SendAsync(HttpMethod.Get, JoinObjects.ClusterInfoPath, null, "", cancellationToken);
        foreach (var secret in secrets)
        {
            var id = secret[(secret.LastIndexOf('-') + 1)..];
            if (info.IsSuccess && info.Body.GetProperty("data").TryGetProperty($"jws-kubeconfig-{id}", out _))
                _signed.Add(secret);
            else if (!await PokeAsync(secret, cancellationToken))
                // It is gone, and with it the need.
                _signed.Add(secret);
        }
    }

    private async Task<bool> PokeAsync(string secret, CancellationToken cancellationToken)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["hwlab/unsigned-at"] = time.GetUtcNow().ToString("O"),
        };
        var answer = await api.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/namespaces/kube-system/secrets/{secret}",
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { metadata = new { annotations } })),
            "application/merge-patch+json",
            cancellationToken
        );
        return answer.Status != System.Net.HttpStatusCode.NotFound;
    }

    private static string NameOf(JsonElement secret) => secret.GetProperty("metadata").GetProperty("name").GetString() ?? "";
}
