using k8s;
using Lab.Host.Machine;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Admission;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Debian;

namespace Lab.EndToEnd.Tests.Admission;

/// <summary>A real control plane whose gate is the lab's, on this host's own network; boards are played by <see cref="PlayedBoard"/>.</summary>
internal sealed class AdmittedCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ProcessOwner _owner;

    private AdmittedCluster(string folder, ProcessOwner owner, NodeAdmission admission, RunCluster cluster, double slowness)
    {
        _folder = folder;
        _owner = owner;
        Admission = admission;
        Cluster = cluster;
        Slowness = slowness;
        Api = cluster.CreateClient();
    }

    public NodeAdmission Admission { get; }

    public RunCluster Cluster { get; }

    /// <summary>An administrator's client.</summary>
    public IKubernetes Api { get; }

    /// <summary>How much slower than the reference machine this one is now.</summary>
    public double Slowness { get; }

    public TimeSpan Soon => TimeSpan.FromSeconds(60 * Slowness);

    public static async Task<AdmittedCluster> StartAsync(IReadOnlyList<string> boards)
    {
        var folders = LabFolders.FromEnvironment();
        var owner = ProcessOwner.Open(folders, TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("hwlab-admission-").FullName;
        var slowness = Math.Max(1, 3 * (await HostSpeed.MeasureAsync(TimeProvider.System)).Scale);
        var binaries = await new KubeadmDebianFlavor(folders, owner).PrepareAsync(null, refresh: false, CancellationToken.None);
        var admission = await NodeAdmission.StartAsync(
            new AdmissionOptions
            {
                Nodes = boards
                    .Index()
                    .ToDictionary(one => one.Item, one => $"10.244.{one.Index + 1}.0/24", StringComparer.Ordinal),
                PrivateFolder = folder,
                JournalPath = Path.Combine(folder, "admission.jsonl"),
                Owner = owner,
                Interval = TimeSpan.FromSeconds(4 * slowness),
            },
            TimeProvider.System,
            CancellationToken.None
        );
        var cluster = await RunCluster.StartAsync(
            new ClusterOptions
            {
                Binaries = binaries,
                RunFolder = folder,
                Folders = folders,
                Owner = owner,
                Time = TimeProvider.System,
                AuthorizerKubeconfig = admission.AuthorizerKubeconfigPath,
            },
            CancellationToken.None
        );
        var lab = new AdmittedCluster(folder, owner, admission, cluster, slowness);
        await cluster.WaitUntilJoinableAsync(lab.Soon, CancellationToken.None);
        admission.Serve(
            new AdmissionCluster(
                lab.Api,
                cluster.BoardEndpoint,
                cluster.HostEndpoint,
                cluster.CreateClientConfiguration().SslCaCerts[0],
                cluster.Version
            )
        );
        return lab;
    }

    public Task<string> ReadJournalAsync() => File.ReadAllTextAsync(Path.Combine(_folder, "admission.jsonl"));

    public async ValueTask DisposeAsync()
    {
        await Admission.DisposeAsync();
        Api.Dispose();
        await Cluster.DisposeAsync();
        await _owner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
