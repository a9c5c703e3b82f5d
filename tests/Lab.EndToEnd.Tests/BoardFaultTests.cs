using Lab.Controller.Wiring;
using Lab.Host.Storage;
using Lab.Model.Runs;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Scenarios.EdgeNode;
using Lab.Services.Registry;

namespace Lab.EndToEnd.Tests;

/// <summary>Boards and services that break: the verdict, and the words.</summary>
[TestFixture, Category("EndToEnd")]
public sealed class BoardFaultTests
{
    [Test]
    public async Task A_board_that_hangs_before_its_first_word_fails_and_the_error_says_so()
    {
        var folder = HwLabProgram.ForThisTest().Out;
        var hanging = await WriteHangingFirmwareAsync(folder);

        var outcome = await LabInProcess.RunAsync(
            new EdgeNodeWith(),
            Path.Combine(folder, "run"),
            board => board with { FirmwarePath = hanging },
            new Deadlines(1)
        );

        var stage = outcome.Record.Stages.Single();
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(1));
            Assert.That(stage.Name, Is.EqualTo("netboot"));
            Assert.That(stage.Verdict, Is.EqualTo(Verdict.Fail));
            Assert.That(stage.Error, Does.Contain("U-Boot").And.Contain("the console said nothing"));
        });
    }

    [Test]
    public async Task A_board_whose_clock_is_years_ahead_is_refused_and_told_so()
    {
        var outcome = await LabInProcess.RunAsync(
            new EdgeNodeWith(),
            HwLabProgram.ForThisTest().Out,
            board => board with { Clock = new DateTimeOffset(2051, 2, 3, 4, 5, 6, TimeSpan.Zero) }
        );

        var stage = outcome.Record.Stages[^1];
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(1));
            Assert.That(stage.Name, Is.EqualTo("measured-boot"));
            Assert.That(stage.Verdict, Is.EqualTo(Verdict.Fail));
            Assert.That(
                stage.Error,
                Does.Contain("refused (no-time)").And.Contain("2051-02-03").And.Contain("set the board's clock")
            );
        });
    }

    [Test]
    public async Task A_registry_that_dies_in_the_middle_of_a_pull_is_refused_by_the_board_and_told_with_its_last_lines()
    {
        var outcome = await LabInProcess.RunAsync(new EdgeNodeWith { Before = CutKernelAsync }, HwLabProgram.ForThisTest().Out);

        var stage = outcome.Record.Stages[^1];
        Assert.Multiple(() =>
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(1));
            Assert.That(stage.Name, Is.EqualTo("measured-boot"));
            Assert.That(stage.Verdict, Is.EqualTo(Verdict.Fail));
            Assert.That(stage.Error, Does.Contain("refused (fetch-failed)"));
        });
    }

    private static async Task CutKernelAsync(RunContext context, CancellationToken cancellationToken)
    {
        var registry = (RunRegistry)context.Services.Require<IRegistry>();
        var (kernel, content) = await Target.ReadLayerAsync(context.Services, Target.KernelLayer, cancellationToken);
        registry.Cut(Target.Repository, kernel, content.Length / 2);
    }

    /// <summary>The firmware of the rig, with an endless loop as its first instruction.</summary>
    private static async Task<string> WriteHangingFirmwareAsync(string folder)
    {
        var images = new LabInstallation(LabFolders.FromEnvironment(), HwLabProgram.Root).Images;
        var parts = await images.PrepareAsync(progress: null, refresh: false, CancellationToken.None);
        var firmware = await File.ReadAllBytesAsync(parts.Firmware.Path);
        // Arm A64: an unconditional branch to itself.
        byte[] branchToItself = [0x00, 0x00, 0x00, 0x14];
        branchToItself.CopyTo(firmware, 0);
        var path = Path.Combine(folder, "hanging.bin");
        await File.WriteAllBytesAsync(path, firmware);
        return path;
    }
}
