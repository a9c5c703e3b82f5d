using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Power;

[TestFixture("1")]
[TestFixture("2")]
internal sealed class ShellyTests(string generation) : FakeOutletContract
{
    // The password stands in a file, as a rig's secrets do.
    private readonly string _secret = Path.GetTempFileName();

    protected override int Relay => 1;

    [OneTimeSetUp]
    public void WriteSecret() => File.WriteAllText(_secret, "hunter2\n");

    [OneTimeTearDown]
    public void RemoveSecret() => File.Delete(_secret);

    [Test]
    public async Task A_wrong_password_is_told_as_such()
    {
        var wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(wrong, "guess");
        var settings = Sections.Power(
            "shelly",
            ("address", Fake.Address),
            ("generation", generation),
            ("password", "file:" + wrong)
        );
        await using var board = await Sections.LookAtAsync(settings);
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        File.Delete(wrong);
        Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
        Assert.That(reading.Fault?.Remedy, Does.Contain("password"));
    }

    protected override Task<FakeDevice> StartAsync() => FakeDevice.StartAsync("shelly" + generation, "password=hunter2");

    protected override PowerSettings Wire(string address, string deadline) =>
        Sections.Power(
            "shelly",
            ("address", address),
            ("generation", generation),
            ("outlet", "1"),
            ("password", "file:" + _secret),
            ("deadline", deadline)
        );
}
