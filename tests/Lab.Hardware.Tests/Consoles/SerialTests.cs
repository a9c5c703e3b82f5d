using Lab.Hardware.Consoles;
using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Hardware.Tests.Consoles;

[TestFixture]
internal sealed class SerialTests : WiredConsoleContract
{
    [Test]
    public async Task A_pulled_cable_is_the_labs_fault_and_plugging_it_in_again_is_enough()
    {
        var (power, console) = (Board.Require<IPower>(), Board.Require<WiredConsole>());
        await power.OnAsync(default);
        var match = await console.ExpectAsync(Greeting, 0, Patience, default);
        var waiting = console.ExpectAsync(ConsolePattern.Literal("after the cable"), match.End, Patience, default);
        await Fake.AskAsync("unplug");
        var error = await Assert.ThrowsAsync<LabException>(() => waiting);
        Assert.That(error!.Message, Does.Contain("line was lost").And.Contain(Port).And.Contain("rack.yaml:7:5"));

        var blind = await Assert.ThrowsAsync<LabException>(() =>
            console.ExpectAsync(ConsolePattern.Literal("what nobody hears"), match.End, TimeSpan.FromMilliseconds(50), default)
        );
        Assert.That(blind!.Message, Does.Contain("not connected"));
        Assert.That(console.Fault, Is.Not.Null);
        var write = await Assert.ThrowsAsync<LabException>(() => console.WriteAsync("x"u8.ToArray(), default));
        Assert.That(write!.Remedy, Does.Contain("by-id"));

        await Fake.AskAsync("plug");
        await Fake.AskAsync("say after the cable");
        await console.ExpectAsync(ConsolePattern.Literal("after the cable"), match.End, Patience, default);
        Assert.That(console.Fault, Is.Null);
    }

    [Test]
    public async Task A_port_that_is_not_there_is_named_with_its_place_in_the_rig()
    {
        var settings = Sections.Console("serial", ("device", "/dev/serial/by-id/none"));
        var error = await Assert.ThrowsAsync<LabException>(() => Sections.OpenAsync(power: null, settings));
        Assert.That(
            error!.Message,
            Does.Contain("/dev/serial/by-id/none").And.Contain("rack.yaml:7:5").And.Contain("pi-1").And.Contain("no such device")
        );
    }

    [Test]
    public async Task A_line_that_cannot_break_says_so()
    {
        // A pseudo-terminal has no modem lines.
        var error = await Assert.ThrowsAsync<LabException>(() =>
            Board.Require<ILineControl>().SetModemLinesAsync(dataTerminalReady: true, requestToSend: null, default)
        );
        Assert.That(error!.Where, Does.Contain(Port));
    }

    protected override ConsoleSettings Wire() => Sections.Console("serial", ("device", Port));
}
