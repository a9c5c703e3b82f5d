using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Lab.Controller.Tracing.Kubernetes;

namespace Lab.Controller.Tracing.Otlp;

/// <summary>Sends a trace to a collector (OTLP specification 1.x, section "OTLP/HTTP").</summary>
/// <param name="settings">Where.</param>
/// <param name="time">The clock.</param>
internal sealed class OtlpExporter(OtlpSettings settings, TimeProvider time)
{
    // What a collector answers is a few words.
    private const int MostAnswer = 64 << 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends one ExportTraceServiceRequest. Answers that ask for it are tried again until the time-out; a collector that cannot be reached is not waited for.</summary>
    /// <param name="request">The request, as JSON.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null where the collector took all of it, else what it said or what went wrong. Says nothing of the headers.</returns>
    public async Task<string?> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(settings.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // Headers with credentials must not follow a redirection to somebody else.
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            using var client = new HttpClient(handler)
            {
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = MostAnswer,
            };
            return await SendAsync(client, request, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {settings.Timeout.TotalSeconds:0.###} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return exception.Message;
        }
    }

    private async Task<string?> SendAsync(HttpClient client, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause *= 2)
        {
            using var message = Message(request);
            using var answer = await client.SendAsync(message, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return Rejected(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            }

            if (!IsRetryable(answer.StatusCode))
            {
                return $"it answered {(int)answer.StatusCode} {answer.ReasonPhrase}";
            }

            await Task.Delay(
                answer.Headers.RetryAfter?.Delta ?? pause * (0.5 + Random.Shared.NextDouble()),
                time,
                cancellationToken
            );
        }
    }

    private HttpRequestMessage Message(ReadOnlyMemory<byte> request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, settings.Endpoint)
        {
            Content = new ByteArrayContent(settings.Compress ? Compress(request) : request.ToArray()),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (settings.Compress)
        {
            message.Content.Headers.ContentEncoding.Add("gzip");
        }

        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("HwLab", "1.0"));
        foreach (var (name, value) in settings.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    // OTLP specification, table "Retryable Response Codes".
    private static bool IsRetryable(HttpStatusCode status) =>
        status
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout;

    /// <summary>What a collector says of spans that it did not take; such an answer must not be tried again.</summary>
    private static string? Rejected(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            JsonElement? json = document.RootElement;
            // A 64-bit number may come as one or as text.
            var count = json.Text("partialSuccess", "rejectedSpans") is { Length: > 0 } text
                ? text
                : $"{json.Number("partialSuccess", "rejectedSpans")}";
            return count == "0" ? null : $"it did not take {count} spans: {json.Text("partialSuccess", "errorMessage")}";
        }
        catch (JsonException)
        {
            // Success in other words, or in protobuf.
            return null;
        }
    }

    private static byte[] Compress(ReadOnlyMemory<byte> request)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(request.Span);
        }

        return stream.ToArray();
    }
}
