using System.Net;
using Lab.Trust.Transport;

namespace Lab.Trust.Oci;

/// <summary>Requests to one registry: addresses, authentication, bounds, and faults turned into <see cref="OciException"/>.</summary>
internal sealed class OciTransport(HttpClient client, Uri registry, OciClientOptions options)
{
    private readonly OciAuthenticator _authenticator = new(client, registry, options);

    public OciClientOptions Options => options;

    /// <summary>An address below <c>/v2/</c>.</summary>
    public Uri Address(string path) => new($"{registry.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v2/{path}");

    /// <summary>Sends, answers one challenge, and hands the response to <paramref name="read"/>.</summary>
    /// <param name="create">Called once for each try; a body must start anew.</param>
    /// <param name="repository">What the token scope is for.</param>
    /// <param name="limits">Bounds of the whole exchange.</param>
    /// <param name="read">Sees every status but 401.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    public async Task<T> SendAsync<T>(
        Func<HttpRequestMessage> create,
        string repository,
        TransferLimits limits,
        Func<HttpResponseMessage, BoundedTransfer, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        using var transfer = new BoundedTransfer(limits, options.Time, cancellationToken);
        try
        {
            return await transfer.RunAsync(token => ExchangeAsync(create, repository, transfer, read, token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new OciException(OciErrorCode.FetchFailed, $"Registry {registry}: {e.Message}", e);
        }
    }

    /// <summary>As <see cref="SendAsync{T}"/> for a small answer: its body is read before <paramref name="read"/> is called.</summary>
    public Task<T> SendSmallAsync<T>(
        Func<HttpRequestMessage> create,
        string repository,
        int maximumLength,
        Func<HttpResponseMessage, byte[], T> read,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            create,
            repository,
            options.Small,
            async (response, transfer) =>
            {
                var content = new MemoryStream();
                await using var body = await response.Content.ReadAsStreamAsync(transfer.Token);
                try
                {
                    await transfer.CopyAsync(body, content, maximumLength);
                }
                catch (TransferTooLongException e)
                {
                    throw new OciException(OciErrorCode.TooLarge, e.Message, e);
                }
                return read(response, content.ToArray());
            },
            cancellationToken
        );

    /// <summary>The exception for a status that was not expected.</summary>
    public static OciException Unexpected(HttpResponseMessage response) =>
        new(
            response.StatusCode switch
            {
                HttpStatusCode.NotFound => OciErrorCode.NotFound,
                HttpStatusCode.Forbidden => OciErrorCode.Unauthorized,
                _ => OciErrorCode.FetchFailed,
            },
            $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)}: "
                + $"HTTP status {(int)response.StatusCode}."
        );

    /// <summary>The address of the next page of a listing (RFC 8288), only on the same registry.</summary>
    public static Uri? NextPage(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }
        foreach (var link in links)
        {
            var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
            if (open >= 0 && close > open && link[close..].Contains("next", StringComparison.Ordinal))
            {
                return Resolve(response, link[(open + 1)..close]);
            }
        }
        return null;
    }

    /// <summary>An address that the registry gave, relative or absolute.</summary>
    public static Uri Resolve(HttpResponseMessage response, string location) =>
        Uri.TryCreate(response.RequestMessage!.RequestUri, location, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new OciException(OciErrorCode.Invalid, $"The registry gave a bad address: {location}.");

    private async Task<T> ExchangeAsync<T>(
        Func<HttpRequestMessage> create,
        string repository,
        BoundedTransfer transfer,
        Func<HttpResponseMessage, BoundedTransfer, Task<T>> read,
        CancellationToken token
    )
    {
        for (var retried = false; ; retried = true)
        {
            using var request = create();
            var actions = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head ? "pull" : "pull,push";
            var scope = $"repository:{repository}:{actions}";
            _authenticator.Attach(request, scope);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                return await read(response, transfer);
            }
            if (retried || !await _authenticator.AnswerAsync(response, scope, token))
            {
                throw new OciException(
                    OciErrorCode.Unauthorized,
                    $"Registry {registry} wants another credential for {repository}."
                );
            }
        }
    }
}
