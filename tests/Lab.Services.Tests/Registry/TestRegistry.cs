using System.Net.Http.Headers;
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
        Client = new HttpClient { BaseAddress = host.PublisherOrigin };
        Client.DefaultRequestHeaders.Authorization = Basic(host.Publisher.User, host.Publisher.Password);
        Stranger = new HttpClient { BaseAddress = host.PublisherOrigin };
        Board = new HttpClient { BaseAddress = host.HostOrigin };
    }

    public RunRegistry Registry { get; }

    /// <summary>A publisher, logged in.</summary>
    public HttpClient Client { get; }

    /// <summary>Somebody at the publishers' door without their credential.</summary>
    public HttpClient Stranger { get; }

    /// <summary>A board.</summary>
    public HttpClient Board { get; }

    public TestLab Lab => _lab;

    public string Authority => _host.PublisherOrigin.Authority;

    public PublisherCredential Publisher => _host.Publisher;

    /// <summary>Writes the login for skopeo.</summary>
    public string WriteAuthFile() =>
        _lab.Write("login.json", System.Text.Encoding.UTF8.GetBytes(_host.Publisher.ToAuthFile(_host.PublisherOrigin)));

    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}")));

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
        Stranger.Dispose();
        Board.Dispose();
        await _host.DisposeAsync();
        Registry.Dispose();
        await _lab.DisposeAsync();
    }
}
