using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace Lab.Services.GitOps.Api;

/// <summary>The Kubernetes API for objects of any kind, over the HTTP client of the Kubernetes project's own .NET client.</summary>
internal sealed class KubeApi : IDisposable
{
    public const string MergePatch = "application/merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string JsonPatch = "application/json-patch+json";

    private const int LongestLine = 16 << 20;
    private const int Deepest = 128;

    // The server ends a watch itself; a half-open connection is noticed after this.
    private static readonly TimeSpan WatchTime = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(60);

    private readonly Kubernetes _client;
    private readonly HttpClient _http;

    public KubeApi(KubernetesClientConfiguration configuration)
    {
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        _client = new Kubernetes(configuration);
        _http = _client.HttpClient;
        Types = new ResourceCatalog(this);
    }

    /// <summary>The kinds that the API serves.</summary>
    public ResourceCatalog Types { get; }

    /// <exception cref="KubeApiException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public async Task<JsonObject> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string contentType,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RequestTime);
        try
        {
            using var request = await NewRequestAsync(method, path, body, contentType, deadline.Token);
            using var response = await _http.SendAsync(request, deadline.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return response.IsSuccessStatusCode ? Parse(answer) : throw Refusal(response.StatusCode, answer);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer from the API server within {RequestTime.TotalSeconds:0} s", exception);
        }
    }

    /// <summary>An object, or null when there is none.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, "", cancellationToken);
        }
        catch (KubeApiException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }

    public Task<JsonObject> PatchAsync(string path, JsonNode body, string contentType, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, path, body, contentType, cancellationToken);

    /// <summary>Deletes an object; one that is gone already is no error.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, $"{path}?propagationPolicy=Background", null, "", cancellationToken);
            return true;
        }
        catch (KubeApiException exception) when (exception.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>The changes of a collection after a resource version. Ends when the server ends the watch.</summary>
    /// <exception cref="KubeApiException">The API refused, or told of an error in the stream.</exception>
    public async IAsyncEnumerable<WatchChange> WatchAsync(
        string collection,
        string resourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(WatchTime + RequestTime);
        var separator = collection.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var path =
            $"{collection}{separator}watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchTime.TotalSeconds:0}&resourceVersion={resourceVersion}";
        using var request = await NewRequestAsync(HttpMethod.Get, path, null, "", deadline.Token);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        if (!response.IsSuccessStatusCode)
            throw Refusal(response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token), Encoding.UTF8);
        while (await reader.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Length > LongestLine)
                throw new HttpRequestException("the API server sent an event that is too long");
            var change = Parse(Encoding.UTF8.GetBytes(line));
            var type = KubeJson.Text(change["type"]) ?? "";
            if (change["object"] is not JsonObject item)
                throw new HttpRequestException("the API server sent an event without an object");
            if (type == "ERROR")
                throw Refusal((HttpStatusCode)(KubeJson.Number(item["code"]) ?? 500), item);
            yield return new WatchChange(type, item);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpRequestMessage> NewRequestAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string contentType,
        CancellationToken cancellationToken
    )
    {
        var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (_client.Credentials is not null)
            await _client.Credentials.ProcessHttpRequestAsync(request, cancellationToken);
        return request;
    }

    private static JsonObject Parse(byte[] content)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = Deepest };
            return JsonNode.Parse(content, documentOptions: options) as JsonObject ?? throw new JsonException("not an object");
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException($"the API server's answer is not a JSON object: {exception.Message}", exception);
        }
    }

    private static KubeApiException Refusal(HttpStatusCode status, byte[] content)
    {
        try
        {
            return Refusal(status, Parse(content));
        }
        catch (HttpRequestException)
        {
            return new KubeApiException(
                status,
                status.ToString(),
                Encoding.UTF8.GetString(content.AsSpan(0, Math.Min(content.Length, 500)))
            );
        }
    }

    private static KubeApiException Refusal(HttpStatusCode status, JsonObject answer) =>
        new(
            status,
            KubeJson.Text(answer["reason"]) is { Length: > 0 } reason ? reason : status.ToString(),
            KubeJson.Text(answer["message"]) ?? status.ToString()
        );
}
