using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.Services.Tests.Cluster;

[Category("EndToEnd")]
internal sealed class ClusterOwnerTests
{
    private string _root = "";
    private Process? _program;

    [SetUp]
    public void Make_a_folder() => _root = Directory.CreateTempSubdirectory("hwlab-cluster-").FullName;

    [TearDown]
    public void Remove_the_folder()
    {
        // A test that failed half-way must not leave a cluster behind.
        _program?.Kill();
        _program?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public async Task A_cluster_dies_with_its_killed_owner_and_its_keys_are_swept()
    {
        _program = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Lab.Services.Tests"), ["cluster", _root])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var program = _program;
        Assert.That(await program.StandardOutput.ReadLineAsync(), Is.EqualTo(ClusterProgram.Joinable));
        var components = Components();
        Assert.That(components, Has.Count.EqualTo(4));
        var made = await MadeAsync();
        Assert.That(made, Has.Some.Contains("/hwlab-"));

        program.Kill();
        await program.WaitForExitAsync();
        foreach (var component in components)
            await component.WaitForExitAsync();
        await Leftovers.SweepAsync(Folders, CancellationToken.None);

        Assert.That(made.Where(Path.Exists), Is.Empty);
    }

    private LabFolders Folders => LabFolders.FromEnvironment() with { State = Path.Combine(_root, "state") };

    // Opened as objects while they run, so that a number that is used again is not taken for one of them.
    private List<Process> Components() =>
        [
            .. Process
                .GetProcesses()
                .Where(process =>
                    process.ProcessName is "etcd" or "kube-apiserver" or "kube-controller-manager" or "kube-scheduler"
                )
                .Where(process => File.ReadAllText($"/proc/{process.Id}/environ").Split('\0').Contains(Cookie())),
        ];

    private string Ledger() => Directory.GetFiles(Folders.Ledgers, "*.ledger").Single();

    private string Cookie() => $"HWLAB_LEDGER={Path.GetFileNameWithoutExtension(Ledger())}";

    // By another program: the runtime's own files ask for the lock that the ledger's owner holds.
    private async Task<string[]> MadeAsync()
    {
        var ledger = await Cli.Wrap("cat").WithArguments([Ledger()]).ExecuteBufferedAsync();
        return [.. ledger.StandardOutput.Split('"').Where(word => word.StartsWith('/') && Path.Exists(word))];
    }
}
