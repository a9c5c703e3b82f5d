using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
    /// <param name="certificate">The SHA-256 fingerprint of the one certificate that it may show; null for one that this host trusts.</param>
    public HttpDevice(Uri origin, NetworkCredential? credentials = null, string? certificate = null)
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
        if (certificate is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is X509Certificate2 x509
                && CryptographicOperations.FixedTimeEquals(
                    x509.GetCertHash(HashAlgorithmName.SHA256),
                    Convert.FromHexString(certificate)
                );
        }

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

    /// <summary>Sends an object of flat text values.</summary>
    public async Task PostAsync(string path, IReadOnlyDictionary<string, string> body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body);
        // Without its length the body goes in chunks, which small servers do not take.
        await content.LoadIntoBufferAsync(cancellationToken);
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        Demand(response);
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
