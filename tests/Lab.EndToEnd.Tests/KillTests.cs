namespace Lab.EndToEnd.Tests;

[TestFixture, Category("EndToEnd")]
public sealed class KillTests
{
    [TestCase("doctor")]
    [TestCase("list", "boards")]
    [TestCase("list", "runs")]
    public async Task A_killed_run_leaves_nothing_after_the_next_command(params string[] next)
    {
        using var run = RunningProgram.StartEdgeNode(HwLabProgram.ForThisTest().Out, "--board", "virt-2");
        await run.ReachAsync("firmware");
        var trace = await RunTrace.OfAsync(run.Id);
        Assert.That(trace.Programs, Has.Some.StartsWith("qemu").And.Some.EqualTo("swtpm"));
        Assert.That(trace.Paths, Is.Not.Empty);

        await run.EndAsync("KILL");
        var result = await HwLabProgram.RunAsync(next);

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        Assert.That(trace.Left(), Is.Empty);
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task A_cancelled_run_ends_with_130_and_leaves_nothing(string signal)
    {
        var program = HwLabProgram.ForThisTest();
        using var run = RunningProgram.StartEdgeNode(program.Out, "--board", "virt-2");
        await run.ReachAsync("firmware");
        var trace = await RunTrace.OfAsync(run.Id);

        var exitCode = await run.EndAsync(signal);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(130));
            Assert.That(trace.Left(), Is.Empty);
            Assert.That(program.ReadRecord().GetProperty("facts").GetProperty("cancelled").GetString(), Is.EqualTo("true"));
        });
    }

    [Test]
    public async Task A_board_that_a_killed_run_had_can_be_used_again_at_once()
    {
        using var run = RunningProgram.StartEdgeNode(HwLabProgram.ForThisTest().Out, "--board", "virt-2");
        await run.ReachAsync("firmware");
        await run.EndAsync("KILL");

        var result = await HwLabProgram.ForThisTest().RunEdgeNodeAsync("--board", "virt-2", "--stop-after", "netboot");

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
    }
}
