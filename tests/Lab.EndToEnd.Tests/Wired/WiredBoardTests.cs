using System.Text.Json;
using Lab.EndToEnd.Tests.Wired;

namespace Lab.EndToEnd.Tests;

/// <summary>A board that is real to the lab, from power-off to an attested node, and what can break on the way.</summary>
[TestFixture, Category("EndToEnd")]
public sealed class WiredBoardTests
{
    [Test]
    public async Task A_wired_board_boots_and_attests_by_the_same_scenario_as_a_virtual_one()
    {
        var rack = await WiredRack.BuildAsync();

        var result = await rack.RunAsync(
            "run",
            "edge-node",
            "--rig",
            rack.Rig,
            "--out",
            rack.Out,
            "--stop-after",
            "attestation",
            "--untrained"
        );

        var record = new HwLabProgram(rack.Out).ReadRecord();
        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
            Assert.That(record.GetProperty("verdict").GetString(), Is.EqualTo("pass"));
            Assert.That(record.GetProperty("stages").GetArrayLength(), Is.EqualTo(3));
            Assert.That(File.Exists(Path.Combine(rack.Folder, "board.pid")), Is.False, "the board is off again");
        });
    }

    [Test]
    public async Task A_console_line_that_is_pulled_is_a_lab_error_that_names_the_line()
    {
        var rack = await WiredRack.BuildAsync();

        var code = await rack.RunAsync("firmware", rack.PullConsoleAsync, RunOf(rack));

        ExpectEnd(rack, code, 3, "lab-error", "line was lost");
    }

    [Test]
    public async Task Power_that_is_cut_from_outside_is_a_lab_error_and_no_failure_of_the_board()
    {
        var rack = await WiredRack.BuildAsync();

        var code = await rack.RunAsync("firmware", rack.PullPlugAsync, RunOf(rack));

        ExpectEnd(rack, code, 3, "lab-error", "was switched on and says that it is off");
    }

    [Test]
    public async Task A_relay_that_is_stuck_is_a_lab_error_with_its_place_in_the_rig()
    {
        var rack = await WiredRack.BuildAsync(
            power: "{ driver: command, on: 'true', off: 'true', status: 'false', off-time: 0.1, deadline: 1 }"
        );

        var code = await rack.RunAsync("firmware", () => Task.CompletedTask, RunOf(rack));

        ExpectEnd(rack, code, 3, "lab-error", "switched on and still says that it is off");
    }

    [Test]
    public async Task A_board_that_hangs_fails()
    {
        // Arm A64: an unconditional branch to itself, as the first instruction.
        byte[] branchToItself = [0x00, 0x00, 0x00, 0x14];
        var rack = await WiredRack.BuildAsync(firmware => branchToItself.CopyTo(firmware, 0));

        var code = await rack.RunAsync("firmware", () => Task.CompletedTask, RunOf(rack));

        ExpectEnd(rack, code, 1, "fail", "the console said nothing");
    }

    [Test]
    public async Task A_board_is_handed_out_when_it_was_trained_and_not_before()
    {
        var rack = await WiredRack.BuildAsync();

        var before = await rack.RunAsync("run", "edge-node", "--rig", rack.Rig, "--out", rack.Out);
        var doctor = await rack.RunAsync("doctor", "--rig", rack.Rig, "--exercise", "2", "--json");
        var after = await rack.RunAsync("run", "edge-node", "--rig", rack.Rig, "--out", rack.Out, "--stop-after", "netboot");

        using var found = JsonDocument.Parse(doctor.StandardOutput);
        var states = found
            .RootElement.GetProperty("checks")
            .EnumerateArray()
            .ToDictionary(
                check => check.GetProperty("name").GetString()!,
                check => check.GetProperty("state").GetString(),
                StringComparer.Ordinal
            );
        Assert.Multiple(() =>
        {
            Assert.That(before.ExitCode, Is.EqualTo(2));
            Assert.That(before.StandardError, Does.Contain("board-1").And.Contain("never trained").And.Contain("--exercise"));
            Assert.That(states["board-1 power"], Is.EqualTo("has"), doctor.StandardOutput);
            Assert.That(states["board-1 console"], Is.EqualTo("has"));
            Assert.That(states["board-1 training"], Is.AnyOf("A", "B"), doctor.StandardError);
            Assert.That(after.ExitCode, Is.Zero, after.StandardError);
        });
    }

    private static string[] RunOf(WiredRack rack) =>
        ["run", "edge-node", "--rig", rack.Rig, "--out", rack.Out, "--stop-after", "netboot", "--untrained", "--json"];

    private static void ExpectEnd(WiredRack rack, int code, int expected, string verdict, string words)
    {
        var stage = new HwLabProgram(rack.Out).ReadRecord().GetProperty("stages").EnumerateArray().Last();
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(expected));
            Assert.That(stage.GetProperty("verdict").GetString(), Is.EqualTo(verdict));
            Assert.That(stage.GetProperty("error").GetString(), Does.Contain(words).And.Contain(expected == 3 ? "board-1" : ""));
        });
    }
}
