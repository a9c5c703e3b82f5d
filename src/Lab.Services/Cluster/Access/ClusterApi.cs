using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Cluster.Access;

/// <summary>Plain requests to the Kubernetes API, as administrator.</summary>
internal sealed class ClusterApi : IDisposable
{
    // The API server itself gives up on a request after a minute (--request-timeout); what takes longer hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A health check that takes longer is asked again.
    private static readonly TimeSpan HealthPatience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _client;

    public ClusterApi(HttpMessageHandler handler, Uri server) =>
        _client = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    /// <exception cref="LabException">The API server cannot be reached.</exception>
    public Task<ClusterAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string contentType,
        CancellationToken cancellationToken
    ) => SendAsync(method, path, body, contentType, Patience, cancellationToken);

    private async Task<ClusterAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string contentType,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is { } bytes)
            {
                request.Content = new ReadOnlyMemoryContent(bytes);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            }
            using var response = await _client.SendAsync(request, either.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(either.Token);
            return new ClusterAnswer(response.StatusCode, Parse(answer));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Unreachable(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(new TimeoutException($"no answer within {patience.TotalSeconds:0} s", exception));
        }
    }

    /// <summary>Server-side apply of one object, whatever else manages it.</summary>
    /// <exception cref="LabException">The API server cannot be reached, or refuses.</exception>
    public async Task ApplyAsync(string path, string json, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager=hwlab&force=true",
            Encoding.UTF8.GetBytes(json),
            "application/apply-patch+yaml",
            cancellationToken
        );
        if (!answer.IsSuccess)
            throw new LabException($"the API server refused what the cluster needs: {Message(answer)}", path);
    }

    /// <summary>Whether a path such as <c>/readyz</c> answers with success, and soon.</summary>
    public async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(HttpMethod.Get, path, null, "", HealthPatience, cancellationToken)).IsSuccess;
        }
        catch (LabException)
        {
            return false;
        }
    }

    /// <summary>The lines of a watch, each an event, until the server ends it.</summary>
    public async Task<Stream> OpenWatchAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadAsStreamAsync(cancellationToken);
            response.Dispose();
            return Stream.Null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Unreachable(exception);
        }
    }

    public static string Message(ClusterAnswer answer) =>
        answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("message", out var message)
            ? $"{(int)answer.Status} {message}"
            : $"{(int)answer.Status} {answer.Body}";

    public void Dispose() => _client.Dispose();

    private LabException Unreachable(Exception exception) =>
        new(
            $"the API server cannot be reached: {exception.Message}",
            _client.BaseAddress!.ToString(),
            "see services/cluster/kube-apiserver.log in the run folder",
            exception
        );

    // Logs and health checks answer in plain text.
    private static JsonElement Parse(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(answer));
        }
    }
}
