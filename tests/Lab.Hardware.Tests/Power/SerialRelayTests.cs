using System.IO.Ports;
using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Power;

[TestFixture]
internal sealed class SerialRelayTests : FakeOutletContract
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hwlab-test-");

    protected override int Relay => 3;

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task Power_may_go_through_the_contact_that_is_closed_at_rest()
    {
        var power = Board.Require<IPower>();
        await using var board = await Sections.LookAtAsync(
            Sections.Power("serial-relay", ("device", Fake.Address), ("outlet", "3"), ("status", "yes"), ("contact", "nc"))
        );
        Assert.That(await power.GetStatusAsync(default), Is.EqualTo(PowerState.Off));
        Assert.That(await board.Require<IPower>().GetStatusAsync(default), Is.EqualTo(PowerState.On));
        await board.Require<IPower>().CutAsync(default);
        Assert.That(await Fake.IsOnAsync(Relay), Is.True);
        await board.Require<IPower>().OnAsync(default);
        Assert.That(await Fake.IsOnAsync(Relay), Is.False);
    }

    [Test]
    public async Task A_port_that_another_program_holds_is_told_as_such()
    {
        Assume.That(Environment.IsPrivilegedProcess, Is.False, "the kernel lets root share a port");
        using var other = new SerialPort(Fake.Address);
        other.Open();
        var reading = await Board.Require<OutletPower>().ReadAsync(default);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.What, Does.Contain("another program uses"));
    }

    protected override Task<FakeDevice> StartAsync() =>
        FakeDevice.StartAsync("relay", "relay=" + Path.Combine(_folder.FullName, "usb-relay"));

    protected override PowerSettings Wire(string address, string deadline) =>
        Sections.Power("serial-relay", ("device", address), ("outlet", "3"), ("status", "yes"), ("deadline", deadline));
}
