using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Debian;

namespace Lab.EndToEnd.Tests;

/// <summary>A cluster for one test, with folders of its own and the machine's cache.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    /// <summary>Generous: other tests may keep all processors busy.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly string _root = Directory.CreateTempSubdirectory("hwlab-cluster-").FullName;

    private ClusterUnderTest(bool segment)
    {
        Folders = LabFolders.FromEnvironment() with { State = Path.Combine(_root, "state") };
        Owner = ProcessOwner.Open(Folders, TimeProvider.System);
        InSegment = segment;
    }

    public LabFolders Folders { get; }

    public ProcessOwner Owner { get; }

    public bool InSegment { get; }

    public NetworkSegment? Segment { get; private set; }

    public RunCluster Cluster { get; private set; } = null!;

    public string RunFolder => Path.Combine(_root, "run");

    /// <summary>Starts one; skips the test where the machine does not allow it.</summary>
    public static async Task<ClusterUnderTest> StartAsync(bool segment, Func<ClusterOptions, ClusterOptions>? adjust = null)
    {
        var test = new ClusterUnderTest(segment);
        try
        {
            if (segment && await NetworkSegment.FindObstacleAsync(test.Owner, CancellationToken.None) is { } obstacle)
                Assert.Ignore($"no network segment can be made here: {obstacle}");
            if (segment)
                test.Segment = await NetworkSegment.CreateAsync(test.Owner);
            var binaries = await BinariesAsync(test.Folders, test.Owner);
            Directory.CreateDirectory(test.RunFolder);
            var options = new ClusterOptions
            {
                Binaries = binaries,
                RunFolder = test.RunFolder,
                Folders = test.Folders,
                Owner = test.Owner,
                Time = TimeProvider.System,
                Segment = test.Segment,
            };
            test.Cluster = await RunCluster.StartAsync(adjust?.Invoke(options) ?? options, CancellationToken.None);
            return test;
        }
        catch
        {
            await test.DisposeAsync();
            throw;
        }
    }

    /// <summary>The programs, built on first use.</summary>
    public static async Task<KubernetesBinaries> BinariesAsync(LabFolders folders, ProcessOwner owner) =>
        (KubernetesBinaries)
            await new KubeadmDebianFlavor(folders, owner).PrepareAsync(null, refresh: false, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null)
            await Cluster.DisposeAsync();
        if (Segment is not null)
            await Segment.DisposeAsync();
        await Owner.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
