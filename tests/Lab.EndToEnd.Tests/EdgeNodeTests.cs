using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Processes;
using Lab.Host.Storage;

namespace Lab.EndToEnd.Tests;

[TestFixture, Category("EndToEnd")]
public sealed class EdgeNodeTests
{
    // The other runs of a cluster take a segment where there may be one.
    [TestCase("user")]
    public async Task A_virtual_board_goes_from_power_off_to_a_node_that_Git_rules(string network)
    {
        var program = HwLabProgram.ForThisTest();

        using var run = RunningProgram.StartEdgeNode(program.Out, "--network", network, "--keep");
        await run.ReachKeptAsync();
        var nodes = await NodesAsync(Path.Combine(program.Out, "kubeconfig"));
        var exitCode = await run.EndAsync("INT");

        Assert.That(exitCode, Is.Zero);
        Assert.That(nodes, Does.Match(@"^virt-1\s+Ready\s"));
        var record = program.ReadRecord();
        Assert.Multiple(() =>
        {
            Assert.That(record.GetProperty("schema").GetString(), Is.EqualTo("hwlab.run/1"));
            Assert.That(record.Verdict(), Is.EqualTo("pass"));
            Assert.That(
                record.StageNames(),
                Is.EqualTo(["netboot", "measured-boot", "attestation", "cluster-join", "gitops-sync"])
            );
            Assert.That(record.GetProperty("stages").EnumerateArray().Select(stage => stage.Verdict()), Is.All.EqualTo("pass"));
            foreach (
                var file in (string[])
                    [
                        "cluster-state",
                        "report.html",
                        "junit.xml",
                        "manifest.json",
                        "boards/virt-1/eventlog.bin",
                        "boards/virt-1/quote.bin",
                    ]
            )
            {
                Assert.That(Path.Combine(program.Out, file), Does.Exist);
            }
        });
    }

    /// <summary>What the real kubectl says while the run is kept on.</summary>
    private static async Task<string> NodesAsync(string kubeconfig)
    {
        var folders = LabFolders.FromEnvironment();
        await using var owner = ProcessOwner.Open(folders, TimeProvider.System);
        var binaries = await ClusterUnderTest.BinariesAsync(folders, owner);
        var result = await Cli.Wrap(binaries.Kubectl)
            .WithArguments(["--kubeconfig", kubeconfig, "get", "nodes", "--no-headers"])
            .ExecuteBufferedAsync();
        return result.StandardOutput;
    }

    [Test]
    public async Task Two_boards_run_at_once_without_interfering()
    {
        var (first, second) = (HwLabProgram.ForThisTest(), HwLabProgram.ForThisTest());

        var results = await Task.WhenAll(
            first.RunEdgeNodeAsync("--board", "virt-1", "--stop-after", "attestation"),
            second.RunEdgeNodeAsync("--board", "virt-2", "--stop-after", "attestation")
        );

        Assert.Multiple(() =>
        {
            Assert.That(results[0].ExitCode, Is.Zero, results[0].StandardOutput + results[0].StandardError);
            Assert.That(results[1].ExitCode, Is.Zero, results[1].StandardOutput + results[1].StandardError);
            Assert.That(first.ReadRecord().GetProperty("board").GetString(), Is.EqualTo("virt-1"));
            Assert.That(second.ReadRecord().GetProperty("board").GetString(), Is.EqualTo("virt-2"));
        });
    }

    [Test]
    public async Task Stopping_after_a_stage_runs_no_later_one()
    {
        var program = HwLabProgram.ForThisTest();

        var result = await program.RunEdgeNodeAsync("--stop-after", "netboot");

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        Assert.That(program.ReadRecord().StageNames(), Is.EqualTo(["netboot"]));
    }
}
