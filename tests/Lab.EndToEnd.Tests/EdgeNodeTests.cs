namespace Lab.EndToEnd.Tests;

[TestFixture, Category("EndToEnd")]
public sealed class EdgeNodeTests
{
    // The other runs of a cluster take a segment where there may be one.
    [TestCase("user")]
    public async Task A_virtual_board_goes_from_power_off_to_a_node_that_Git_rules(string network)
    {
        var program = HwLabProgram.ForThisTest();

        var result = await program.RunEdgeNodeAsync("--network", network);

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
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
                    ["report.html", "junit.xml", "manifest.json", "boards/virt-1/eventlog.bin", "boards/virt-1/quote.bin"]
            )
            {
                Assert.That(Path.Combine(program.Out, file), Does.Exist);
            }
        });
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
