using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Errors;
using Lab.Testing.Contracts;
using Lab.Testing.Fakes;

namespace Lab.Hardware.Tests.Power;

/// <summary>The power contract against a fake device, and what must become of its misbehaviour.</summary>
internal abstract class FakeOutletContract : PowerContract
{
    private FakeDevice? _fake;

    protected FakeDevice Fake => _fake!;

    /// <summary>The relay that the board under test hangs on, as the fake counts.</summary>
    protected abstract int Relay { get; }

    protected abstract Task<FakeDevice> StartAsync();

    /// <summary>The section for the fake, with that deadline in seconds.</summary>
    protected abstract PowerSettings Wire(string address, string deadline);

    [OneTimeSetUp]
    public async Task StartFakeAsync() => _fake = await StartAsync();

    [OneTimeTearDown]
    public async Task StopFakeAsync()
    {
        var violations = await Fake.ViolationsAsync();
        await Fake.DisposeAsync();
        Assert.That(violations, Is.Empty, "the driver sent what the device does not know");
    }

    [Test]
    public async Task The_relay_really_moves()
    {
        var power = Board.Require<IPower>();
        await power.OnAsync(default);
        Assert.That(await Fake.IsOnAsync(Relay), Is.True);
        await power.CutAsync(default);
        Assert.That(await Fake.IsOnAsync(Relay), Is.False);
    }

    [TestCase(Misbehaviour.Slow)]
    [TestCase(Misbehaviour.Drop)]
    [TestCase(Misbehaviour.Half)]
    [TestCase(Misbehaviour.Wrong)]
    [TestCase(Misbehaviour.Refuse)]
    public async Task A_device_that_cannot_be_read_leaves_the_state_unknown_and_says_why(Misbehaviour behaviour)
    {
        await using var board = await Sections.LookAtAsync(Wire(Fake.Address, "0.5"));
        await Fake.BehaveAsync(behaviour);
        var reading = await board.Require<OutletPower>().ReadAsync(default);
        await Fake.BehaveAsync(Misbehaviour.None);
        Assert.Multiple(() =>
        {
            Assert.That(reading.State, Is.EqualTo(PowerState.Unknown));
            Assert.That(reading.Fault?.Where, Does.Contain("rack.yaml:7:5").And.Contain("pi-1").And.Contain(Fake.Address));
            Assert.That(reading.Fault?.Remedy, Is.Not.Null);
        });
    }

    [Test]
    public async Task A_stuck_relay_is_found_out()
    {
        await using var board = await Sections.LookAtAsync(Wire(Fake.Address, "1"));
        await Fake.BehaveAsync(Misbehaviour.Stuck);
        var error = await Assert.ThrowsAsync<LabException>(() => board.Require<IPower>().OnAsync(default));
        await Fake.BehaveAsync(Misbehaviour.None);
        Assert.Multiple(() =>
        {
            Assert.That(error!.Message, Does.Contain("stuck").And.Contain("still says that it is off"));
            Assert.That(error!.Where, Does.Contain(Fake.Address));
        });
    }

    [Test]
    public async Task Requests_reach_the_device_one_at_a_time()
    {
        var power = Board.Require<IPower>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => power.GetStatusAsync(default)));
        Assert.That(await Fake.ViolationsAsync(), Is.Empty);
    }

    protected override Task<Board> OpenAsync(CancellationToken cancellationToken) => Sections.OpenAsync(Wire(Fake.Address, "10"));
}
