using Lab.Model.Services;
using Lab.Services.Git;
using Lab.Services.GitOps;
using Lab.Services.GitOps.Engine;

namespace Lab.EndToEnd.Tests.GitOps;

/// <summary>A fleet repository and the engine that follows it, for one test; what it applied is gone after it.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    public const string Object = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/fleet";
    public const string Source = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/fleet";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestCluster _cluster;

    private TestFleet(TestCluster cluster, FleetRepository repository, EmbeddedGitOps engine)
    {
        _cluster = cluster;
        Repository = repository;
        Engine = engine;
    }

    public FleetRepository Repository { get; }

    public EmbeddedGitOps Engine { get; }

    /// <summary>Starts both with these files and waits for the first sync.</summary>
    public static async Task<TestFleet> StartAsync(
        TestCluster cluster,
        IReadOnlyDictionary<string, string> seed,
        Func<FleetSource, FleetSource>? adjust = null
    )
    {
        var folder = cluster.NewFolder();
        foreach (var (path, content) in seed)
        {
            var full = Path.Combine(folder, "seed", path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllTextAsync(full, content);
        }

        var options = new FleetRepositoryOptions(
            Path.Combine(folder, "seed"),
            Path.Combine(folder, "git"),
            Path.Combine(folder, "key"),
            cluster.Owner,
            TimeProvider.System
        );
        var repository = await FleetRepository.StartAsync(options, CancellationToken.None);
        var source = new FleetSource(repository.Url, repository.Branch, repository.PublicKey)
        {
            // A push tells of itself; whoever waits for the interval waits in vain.
            SourceInterval = TimeSpan.FromHours(1),
            SyncInterval = TimeSpan.FromHours(1),
            Timeout = TimeSpan.FromMinutes(2),
        };
        var engine = await EmbeddedGitOps.StartAsync(
            new EmbeddedGitOpsOptions(
                cluster.Cluster.CreateClientConfiguration(),
                Path.Combine(folder, "engine"),
                cluster.Kustomize,
                TimeProvider.System
            )
            {
                Fleet = adjust?.Invoke(source) ?? source,
                OnTrouble = TestContext.Progress.WriteLine,
            },
            CancellationToken.None
        );
        repository.OnPush = engine.Notify;
        var fleet = new TestFleet(cluster, repository, engine);
        await engine.FollowFleetAsync(CancellationToken.None);
        return fleet;
    }

    public Task<SyncStatus> WaitAsync(Func<SyncStatus, bool> until, string what) =>
        Engine.WaitAsync(until, what, Patience, CancellationToken.None);

    /// <summary>Waits until a commit is applied and all of it healthy.</summary>
    public Task<SyncStatus> WaitForAsync(string commit) =>
        WaitAsync(
            status => status.Ready == "True" && status.AppliedRevision == $"main@sha1:{commit}",
            $"commit {commit[..8]} applied"
        );

    public async Task<SyncStatus> WaitForHeadAsync() => await WaitForAsync(await Repository.GetHeadAsync(CancellationToken.None));

    public Task<string> CommitAsync(string path, string? content, bool signed = true) =>
        Repository.CommitAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { [path] = content },
            $"Change {path}",
            signed,
            CancellationToken.None
        );

    public async ValueTask DisposeAsync()
    {
        // One that a failed test left suspended would leave its objects.
        await _cluster.PatchAsync(Object, """{"spec":{"suspend":false}}""", "test");
        // The engine's finalizers take away what was applied; the objects' own end is told by the API.
        foreach (var (path, type) in new[] { (Object, FluxApi.Kustomization), (Source, FluxApi.GitRepository) })
        {
            await _cluster.Api.DeleteAsync(path, CancellationToken.None);
            await _cluster.WaitAsync(type.Collection("flux-system"), "fleet", item => item is null);
        }

        // The next test begins with the same names.
        await _cluster.WaitAsync("/api/v1/namespaces", "fleet-test", item => item is null);
        await Engine.DisposeAsync();
        await Repository.DisposeAsync();
    }
}
