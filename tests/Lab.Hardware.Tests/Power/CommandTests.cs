using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Testing.Contracts;

namespace Lab.Hardware.Tests.Power;

[TestFixture]
internal sealed class CommandTests : PowerContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    private string Switch => Path.Combine(_folder.FullName, "switch");

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task An_exit_code_that_means_nothing_leaves_the_state_unknown_and_shows_what_the_program_said()
    {
        await using var board = await Sections.LookAtAsync(Wire("ls /no/such/file"));
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        Assert.Multiple(() =>
        {
            Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
            Assert.That(
                reading.Fault?.Message,
                Does.Contain("exit code 2").And.Contain("No such file").And.Contain("rack.yaml:7:5")
            );
        });
    }

    [Test]
    public async Task A_program_that_hangs_is_ended_at_the_deadline()
    {
        await using var board = await Sections.LookAtAsync(Wire("sleep 1000", deadline: "0.3"));
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.What, Does.Contain("did not answer within 0.3 s"));
    }

    [Test]
    public async Task A_program_that_is_not_there_is_named()
    {
        var settings = Sections.Power("command", ("on", "no-such-program"), ("off", "no-such-program"));
        var error = await Assert.ThrowsAsync<LabException>(() => Sections.OpenAsync(settings));
        Assert.That(error!.Message, Does.Contain("no-such-program"));
    }

    [Test]
    public async Task A_device_that_cannot_be_read_is_never_said_to_be_off()
    {
        await using var board = await Sections.OpenAsync(Sections.Power("command", ("on", "true"), ("off", "true")));
        await board.Require<IPower>().CutAsync(default);
        Assert.That(await board.Require<IPower>().GetStatusAsync(default), Is.EqualTo(PowerState.Unknown));
    }

    [Test]
    public async Task A_board_that_has_a_reset_keeps_its_power()
    {
        var reset = Path.Combine(_folder.FullName, "reset");
        await using var board = await Sections.OpenAsync(Wire($"test -e {Switch}", more: [("reset", $"mv {Switch} {reset}")]));
        await board.Require<IPower>().OnAsync(default);
        await board.Require<IPower>().ResetAsync(default);
        // Only the reset ran: switching off and on again would have made a new switch.
        Assert.That((File.Exists(reset), File.Exists(Switch)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_system_that_can_be_asked_shuts_down_before_its_power_is_cut()
    {
        var asked = Path.Combine(_folder.FullName, "asked");
        await using var board = await Sections.OpenAsync(Wire($"test -e {Switch}", more: [("shutdown", $"mv {Switch} {asked}")]));
        await board.Require<IPower>().OnAsync(default);
        await board.Require<IPower>().OffAsync(default);
        Assert.That(File.Exists(asked), Is.True);
    }

    [Test]
    public async Task A_system_that_does_not_shut_down_has_its_power_cut()
    {
        await using var board = await Sections.OpenAsync(
            Wire($"test -e {Switch}", more: [("shutdown", "true"), ("shutdown-time", "0.1")])
        );
        await board.Require<IPower>().OnAsync(default);
        await board.Require<IPower>().OffAsync(default);
        Assert.That(await board.Require<IPower>().GetStatusAsync(default), Is.EqualTo(PowerState.Off));
    }

    [Test]
    public async Task Two_boards_on_one_device_are_not_switched_on_together()
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var board = await Sections.OpenAsync(Wire($"test -e {Switch}", more: [("stagger", "0.2")]));
        await board.Require<IPower>().OnAsync(default);
        Assert.That(TimeProvider.System.GetElapsedTime(started), Is.GreaterThan(TimeSpan.FromSeconds(0.2)));
    }

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) =>
        Sections.OpenAsync(Wire($"test -e {Switch}"));

    private PowerSettings Wire(string status, string deadline = "10", params (string Key, string Value)[] more) =>
        Sections.Power(
            "command",
            [("on", $"touch {Switch}"), ("off", $"rm -f {Switch}"), ("status", status), ("deadline", deadline), .. more]
        );
}
