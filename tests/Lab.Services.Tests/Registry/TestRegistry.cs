using Lab.Services.Hosting;
using Lab.Services.Registry;

namespace Lab.Services.Tests.Registry;

/// <summary>A registry that is served, and a client of it.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly TestLab _lab = new();
    private readonly BoardServiceHost _host;

    private TestRegistry(TestLab lab, RunRegistry registry, BoardServiceHost host)
    {
        _lab = lab;
        Registry = registry;
        _host = host;
        Registry.ServedAt(host.HostOrigin);
        Client = new HttpClient { BaseAddress = host.HostOrigin };
    }

    public RunRegistry Registry { get; }

    public HttpClient Client { get; }

    public TestLab Lab => _lab;

    public string Authority => _host.HostOrigin.Authority;

    public static async Task<TestRegistry> StartAsync(RegistryLimits? limits = null, TimeProvider? time = null)
    {
        var lab = new TestLab();
        var registry = new RunRegistry(
            lab.PathOf("registry"),
            lab.PathOf("substitutes"),
            limits ?? new RegistryLimits(),
            time ?? TimeProvider.System
        );
        var host = await BoardServiceHost.StartAsync(
            registry.Endpoints.Map,
            lab.PathOf("http.jsonl"),
            null,
            new BoardServiceLimits(),
            TimeProvider.System,
            CancellationToken.None
        );
        return new TestRegistry(lab, registry, host);
    }

    /// <summary>Pushes a blob in one request.</summary>
    public async Task<string> PushAsync(string repository, byte[] content)
    {
        var digest = ContentDigest.Of(content).ToString();
        var answer = await Client.PostAsync($"/v2/{repository}/blobs/uploads/?digest={digest}", new ByteArrayContent(content));
        answer.EnsureSuccessStatusCode();
        return digest;
    }

    public async Task<HttpResponseMessage> PutManifestAsync(
        string repository,
        string reference,
        string json,
        string? mediaType = null
    )
    {
        var body = new StringContent(json);
        body.Headers.ContentType = new(mediaType ?? OsManifest.MediaType);
        return await Client.PutAsync($"/v2/{repository}/manifests/{reference}", body);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
        Registry.Dispose();
        await _lab.DisposeAsync();
    }
}
