namespace Lab.BootAgent.Fetch;

/// <summary>The way to the rig's services: plain and untrusted.</summary>
internal static class Http
{
    /// <summary>A client that follows nothing, remembers nothing and unpacks nothing.</summary>
    public static HttpClient Connect() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                MaxResponseHeadersLength = 32,
                // Servers close idle connections at a moment of their own, maybe while a request is on its way.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
                ActivityHeadersPropagator = null,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan, // each transfer has its own limits
        };

    /// <summary>The time that the services say it is; null if they do not say.</summary>
    public static async Task<DateTimeOffset?> ReadDateAsync(HttpClient client, Uri services, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        using var request = new HttpRequestMessage(HttpMethod.Head, services);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return response.Headers.Date;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
