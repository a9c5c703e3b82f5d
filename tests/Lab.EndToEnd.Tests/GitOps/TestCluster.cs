using System.Text.Json.Nodes;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Debian;
using Lab.Services.GitOps;
using Lab.Services.GitOps.Api;

namespace Lab.EndToEnd.Tests.GitOps;

/// <summary>A real control plane without nodes, for the tests of a fixture.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly string _folder;

    private TestCluster(string folder, ProcessOwner owner, RunCluster cluster, string kustomize)
    {
        _folder = folder;
        Owner = owner;
        Cluster = cluster;
        Kustomize = kustomize;
        Api = new KubeApi(cluster.CreateClientConfiguration());
    }

    public RunCluster Cluster { get; }

    public ProcessOwner Owner { get; }

    public KubeApi Api { get; }

    public string Kustomize { get; }

    public static async Task<TestCluster> StartAsync()
    {
        var machine = LabFolders.FromEnvironment();
        var folder = Directory.CreateTempSubdirectory("hwlab-gitops-").FullName;
        var folders = new LabFolders(machine.Cache, Path.Combine(folder, "state"), folder);
        var owner = ProcessOwner.Open(folders, TimeProvider.System);
        var options = new ClusterOptions
        {
            Binaries = await new KubeadmDebianFlavor(folders, owner).PrepareAsync(null, false, CancellationToken.None),
            RunFolder = Directory.CreateDirectory(Path.Combine(folder, "run")).FullName,
            Folders = folders,
            Owner = owner,
            Time = TimeProvider.System,
        };
        var cluster = await RunCluster.StartAsync(options, CancellationToken.None);
        await cluster.WaitUntilJoinableAsync(Patience, CancellationToken.None);
        var kustomize = await KustomizeTool.PrepareAsync(machine.Cache, null, null, CancellationToken.None);
        return new TestCluster(folder, owner, cluster, kustomize);
    }

    /// <summary>A folder of a test's own below this cluster's.</summary>
    public string NewFolder() => Path.Combine(_folder, Guid.NewGuid().ToString("N")[..8]);

    public Task<JsonObject?> FindAsync(string path) => Api.FindAsync(path, CancellationToken.None);

    public async Task<JsonObject> GetAsync(string path) =>
        await FindAsync(path) ?? throw new AssertionException($"there is no {path}");

    public Task<JsonObject> PatchAsync(string path, string json, string manager) =>
        Api.PatchAsync($"{path}?fieldManager={manager}", JsonNode.Parse(json)!, KubeApi.MergePatch, CancellationToken.None);

    /// <summary>Waits until an object looks as demanded; null stands for one that is not there.</summary>
    public async Task<JsonObject?> WaitAsync(string collection, string name, Func<JsonObject?, bool> until)
    {
        using var ending = new CancellationTokenSource(Patience);
        var found = new TaskCompletionSource<JsonObject?>();
        var isThere = false;
        var watch = new CollectionWatch(Api, $"{collection}?fieldSelector=metadata.name%3D{name}", TimeProvider.System).RunAsync(
            (_, after) =>
            {
                isThere = after is not null;
                if (until(after))
                    found.TrySetResult(after);
            },
            () =>
            {
                if (!isThere && until(null))
                    found.TrySetResult(null);
            },
            ending.Token
        );
        await Task.WhenAny(found.Task, watch);
        await ending.CancelAsync();
        await watch;
        return found.Task.IsCompleted
            ? await found.Task
            : throw new AssertionException(
                $"{collection}/{name} did not come to look as demanded; it is {await FindAsync($"{collection}/{name}")}"
            );
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Cluster.DisposeAsync();
        await Owner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
