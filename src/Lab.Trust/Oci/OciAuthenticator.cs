using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Lab.Trust.Transport;

namespace Lab.Trust.Oci;

/// <summary>Answers a registry's challenge: basic, or bearer by the token service that the challenge names.</summary>
internal sealed class OciAuthenticator(HttpClient client, Uri registry, OciClientOptions options)
{
    /// <summary>In bytes; tokens are a few KiB.</summary>
    private const int MaximumTokenAnswer = 256 * 1024;

    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _known = new(StringComparer.Ordinal);

    /// <summary>Adds what an earlier challenge for the scope was answered with. Never to another origin.</summary>
    public void Attach(HttpRequestMessage request, string scope)
    {
        if (IsRegistry(request.RequestUri!) && _known.TryGetValue(scope, out var header))
        {
            request.Headers.Authorization = header;
        }
    }

    /// <returns><c>false</c> when nothing can be answered.</returns>
    public async Task<bool> AnswerAsync(HttpResponseMessage response, string scope, CancellationToken cancellationToken)
    {
        foreach (var challenge in response.Headers.WwwAuthenticate)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                var token = await GetTokenAsync(challenge.Parameter, scope, cancellationToken);
                _known[scope] = new AuthenticationHeaderValue("Bearer", token);
                return true;
            }
            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && options.Credential is not null)
            {
                _known[scope] = Basic(registry);
                return true;
            }
        }
        return false;
    }

    private async Task<string> GetTokenAsync(string? challenge, string scope, CancellationToken cancellationToken)
    {
        var parameters = OciChallenge.Parameters(challenge);
        if (
            !parameters.TryGetValue("realm", out var realm)
            || !Uri.TryCreate(realm, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
        )
        {
            throw new OciException(OciErrorCode.Unauthorized, $"The registry's challenge has no usable realm: {challenge}.");
        }
        var query = new StringBuilder(address.Query.Length > 0 ? $"{address.Query}&" : "?");
        if (parameters.TryGetValue("service", out var service))
        {
            query.Append("service=").Append(Uri.EscapeDataString(service)).Append('&');
        }
        // Our own scope, not the challenge's: an untrusted answer must not choose what a token is good for.
        query.Append("scope=").Append(Uri.EscapeDataString(scope));
        var request = new Uri(address.GetLeftPart(UriPartial.Path) + query);
        return await FetchTokenAsync(request, cancellationToken);
    }

    private async Task<string> FetchTokenAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (options.Credential is not null)
        {
            request.Headers.Authorization = Basic(address);
        }
        using var transfer = new BoundedTransfer(options.Small, options.Time, cancellationToken);
        var content = new MemoryStream();
        await transfer.RunAsync(async token =>
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            if (!response.IsSuccessStatusCode)
            {
                throw new OciException(
                    OciErrorCode.Unauthorized,
                    $"The token service {address.GetLeftPart(UriPartial.Path)} answered {(int)response.StatusCode}."
                );
            }
            await using var body = await response.Content.ReadAsStreamAsync(token);
            return await transfer.CopyAsync(body, content, MaximumTokenAnswer);
        });
        return OciJson.Read(
            content.ToArray(),
            root =>
                OciJson.OptionalText(root, "token")
                ?? OciJson.OptionalText(root, "access_token")
                ?? throw new OciException(OciErrorCode.Unauthorized, "The token service gave no token.")
        );
    }

    private AuthenticationHeaderValue Basic(Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback && !options.AllowCredentialOverPlainHttp)
        {
            throw new OciException(OciErrorCode.Unauthorized, $"A credential is not sent to {address.Host} over plain HTTP.");
        }
        var text = $"{options.Credential!.User}:{options.Credential.Password}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
    }

    private bool IsRegistry(Uri address) =>
        Uri.Compare(address, registry, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase)
        == 0;
}
