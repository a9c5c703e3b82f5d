using System.Net;
using System.Text.Json;
using Lab.Model.Errors;

namespace Lab.Hardware.Power.Http;

/// <summary>A small device that speaks HTTP: one answer at a time, no redirects, no answer longer than 256 KiB.</summary>
internal sealed class HttpDevice : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    private readonly HttpClient _client;

    /// <param name="origin">Where it is.</param>
    /// <param name="credentials">For basic and digest authentication; null for none.</param>
    public HttpDevice(Uri origin, NetworkCredential? credentials = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            Credentials = credentials,
            // Small devices serve a connection or two, and forget idle ones without a word.
            PooledConnectionIdleTimeout = TimeSpan.Zero,
            UseCookies = false,
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = origin,
            MaxResponseContentBufferSize = LongestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return await ReadJsonAsync(response, cancellationToken);
    }

    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        Demand(response);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Demand(response);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }

    private static void Demand(HttpResponseMessage response)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new LabException(
                $"the device refuses to be used: HTTP {(int)response.StatusCode}",
                remedy: "see 'user' and 'password' of this section"
            );
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new LabException(
                $"the device answered {response.RequestMessage?.RequestUri?.AbsolutePath} with HTTP {(int)response.StatusCode}",
                remedy: "see that this driver, the device's generation and the outlet's number are right"
            );
        }
    }
}
