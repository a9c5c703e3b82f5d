namespace Lab.EndToEnd.Tests;

[TestFixture, Category("EndToEnd")]
public sealed class FleetTests
{
    [Test]
    public async Task Work_moves_from_a_board_that_loses_power_and_the_board_comes_back()
    {
        var program = HwLabProgram.ForThisTest();

        var result = await HwLabProgram.RunAsync("run", "fleet", "--rig", "rigs/qemu-virt.yaml", "--out", program.Out);

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        var record = program.ReadRecord();
        Assert.Multiple(() =>
        {
            Assert.That(record.Verdict(), Is.EqualTo("pass"));
            Assert.That(
                record.StageNames(),
                Is.EqualTo(["netboot", "measured-boot", "attestation", "cluster-join", "spread", "power-cut", "return"])
            );
            Assert.That(Path.Combine(program.Out, "boards", "virt-2", "console.log"), Does.Exist);
        });
    }
}
