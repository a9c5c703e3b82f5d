using CliWrap;
using CliWrap.Buffered;
using Lab.Host.Machine;

namespace Lab.EndToEnd.Tests;

/// <summary>What a user may do wrong, or may lack: the exit code and the words he is given.</summary>
[TestFixture, Category("EndToEnd")]
public sealed class BadInputTests
{
    [Test]
    public async Task An_unknown_key_in_a_rig_is_refused_with_its_place_and_what_is_allowed()
    {
        var program = HwLabProgram.ForThisTest();
        var rig = WriteRig(program, "rig: mine\nboards:\n  - name: one\n    driver: qemu-virt\n    memroy: 512MiB\n");

        var result = await HwLabProgram.RunAsync("run", "edge-node", "--rig", rig);

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.StandardError, Does.Contain($"{rig}:5:5").And.Contain("memroy").And.Contain("memory"));
        });
    }

    [Test]
    public async Task A_board_that_the_rig_does_not_have_is_refused_with_those_it_has()
    {
        var result = await HwLabProgram.ForThisTest().RunEdgeNodeAsync("--board", "virt-9");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.StandardError, Does.Contain("virt-9").And.Contain("virt-1").And.Contain("virt-2"));
        });
    }

    [Test]
    public async Task Firmware_whose_measurements_cannot_be_predicted_is_refused_by_its_name()
    {
        var program = HwLabProgram.ForThisTest();
        File.WriteAllBytes(Path.Combine(program.Out, "odd.bin"), [0, 0, 0, 0x14]);
        var rig = WriteRig(program, "rig: mine\nboards:\n  - name: one\n    driver: qemu-virt\n    firmware: odd.bin\n");

        var result = await HwLabProgram.RunAsync("run", "edge-node", "--rig", rig, "--out", Path.Combine(program.Out, "run"));

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.StandardOutput, Does.Contain("odd.bin").And.Contain("U-Boot"));
        });
    }

    [Test]
    public async Task A_second_run_on_a_board_is_told_that_another_has_it()
    {
        using var first = RunningProgram.StartEdgeNode(
            HwLabProgram.ForThisTest().Out,
            "--board",
            "virt-2",
            "--stop-after",
            "netboot"
        );
        await first.ReachAsync("firmware");

        var second = await HwLabProgram.ForThisTest().RunEdgeNodeAsync("--board", "virt-2", "--stop-after", "netboot");

        var firstEnded = await first.EndAsync("INT");
        Assert.Multiple(() =>
        {
            Assert.That(second.ExitCode, Is.EqualTo(3));
            Assert.That(second.StandardOutput, Does.Contain("virt-2").And.Contain("in use by another run"));
            Assert.That(firstEnded, Is.EqualTo(130), "the first run went on meanwhile");
        });
    }

    [Test]
    public async Task A_missing_tool_is_named_with_the_package_that_has_it()
    {
        var program = HwLabProgram.ForThisTest();
        // The lab looks for its tools in the system's folders, too; so all that is needed but one is shown to it, in a root of its own.
        var result = await WithoutSwtpmAsync(program, "run", "edge-node", "--board", "virt-2", "--out", program.Out);

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(3), result.StandardOutput + result.StandardError);
            Assert.That(result.StandardOutput, Does.Contain("swtpm").And.Contain("install the package swtpm"));
        });
    }

    [Test]
    public async Task Doctor_says_what_is_missing_and_how_to_mend_it()
    {
        var result = await WithoutSwtpmAsync(HwLabProgram.ForThisTest(), "doctor");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(3), result.StandardOutput + result.StandardError);
            Assert.That(result.StandardOutput, Does.Match(@"✗\s+swtpm\s+missing.*swtpm"));
        });
    }

    /// <summary>Runs the program where /usr/bin has no swtpm: in a mount namespace of its own, with an unusable file in its place.</summary>
    private static async Task<BufferedCommandResult> WithoutSwtpmAsync(HwLabProgram program, params string[] arguments)
    {
        var empty = Path.Combine(program.Out, "not-a-program");
        File.WriteAllText(empty, "");
        var command = HwLabProgram.Command(arguments);
        return await Cli.Wrap("unshare")
            .WithArguments(words =>
                words
                    .Add(Environment.IsPrivilegedProcess ? "-m" : "-Urm")
                    .Add([
                        "--",
                        "sh",
                        "-c",
                        "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"",
                        empty,
                        HostTools.Require("swtpm"),
                    ])
                    .Add(command.TargetFilePath)
                    .Add(command.Arguments, escape: false)
            )
            .WithWorkingDirectory(command.WorkingDirPath)
            .WithEnvironmentVariables(command.EnvironmentVariables)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
    }

    private static string WriteRig(HwLabProgram program, string text)
    {
        var path = Path.Combine(program.Out, "rig.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
