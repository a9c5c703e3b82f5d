using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Cluster;
using Lab.Services.Cluster.Debian;

namespace Lab.Services.Tests.Cluster;

/// <summary>The test program in its other role: the owner of a cluster, to be killed.</summary>
internal static class ClusterProgram
{
    public const string Joinable = "joinable";

    public static async Task<int> RunAsync(string root)
    {
        var folders = LabFolders.FromEnvironment() with { State = Path.Combine(root, "state") };
        await using var owner = ProcessOwner.Open(folders, TimeProvider.System);
        var binaries = await new KubeadmDebianFlavor(folders, owner).PrepareAsync(null, refresh: false, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(root, "run"));
        await using var cluster = await RunCluster.StartAsync(
            new ClusterOptions
            {
                Binaries = binaries,
                RunFolder = Path.Combine(root, "run"),
                Folders = folders,
                Owner = owner,
                Time = TimeProvider.System,
            },
            CancellationToken.None
        );
        await cluster.WaitUntilJoinableAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        await Console.Out.WriteLineAsync(Joinable);
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
