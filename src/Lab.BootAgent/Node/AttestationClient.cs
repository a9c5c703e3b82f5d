using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Lab.BootAgent.Node;

/// <summary>The attestation service over HTTP. Its answers are untrusted: only what the TPM can open counts.</summary>
/// <param name="client">HTTP.</param>
/// <param name="services">The services' origin.</param>
internal sealed class AttestationClient(HttpClient client, Uri services)
{
    private const int AnswerLimit = 64 * 1024;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="operation"><c>enrol</c>, <c>activate</c> or <c>appraise</c>.</param>
    /// <param name="fields">Writes the request's fields.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <exception cref="DenialException">The service said no, with its code; or what it said is not an answer (<c>protocol</c>).</exception>
    /// <exception cref="HttpRequestException">It cannot be reached, or is not ready.</exception>
    public async Task<ServiceAnswer> PostAsync(
        string operation,
        Action<Utf8JsonWriter> fields,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RequestLimit);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{services.AbsoluteUri.TrimEnd('/')}/attest/v1/{operation}");
        request.Content = Json(fields);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            // Not a verdict: what is to be released is not ready, the cluster for example.
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                throw new HttpRequestException($"{operation}: the service has nothing to release yet");
            var answer = new ServiceAnswer(await ReadAsync(response, deadline.Token));
            return response.StatusCode == HttpStatusCode.OK ? answer : throw Denial(operation, response.StatusCode, answer);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer to {operation} within {RequestLimit.TotalSeconds:F0} s", error);
        }
        catch (IOException error)
        {
            throw new HttpRequestException(error.Message, error);
        }
    }

    private static ReadOnlyMemoryContent Json(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return new ReadOnlyMemoryContent(buffer.WrittenMemory)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[AnswerLimit + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= AnswerLimit
            ? buffer[..length]
            : throw new DenialException("protocol", $"the service's answer is longer than {AnswerLimit} bytes");
    }

    private static DenialException Denial(string operation, HttpStatusCode status, ServiceAnswer answer)
    {
        try
        {
            return new DenialException(answer.Text("code"), answer.Text("detail"), answer.OptionalNumber("pcr"));
        }
        catch (DenialException)
        {
            return new DenialException("protocol", $"{operation} was answered with HTTP status {(int)status} and no reason");
        }
    }
}
