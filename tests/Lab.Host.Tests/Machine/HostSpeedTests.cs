using Lab.Host.Machine;

namespace Lab.Host.Tests.Machine;

internal sealed class HostSpeedTests
{
    [TestCase(0.5, 1)]
    [TestCase(1, 1)]
    [TestCase(3, 3)]
    [TestCase(1000, 20)]
    public void Deadlines_grow_with_slowness_and_within_bounds(double times, double scale) =>
        Assert.That(new HostSpeed(HostSpeed.Reference * times).Scale, Is.EqualTo(scale).Within(0.001));

    [Test]
    public async Task This_machine_can_be_measured()
    {
        var speed = await HostSpeed.MeasureAsync(TimeProvider.System);

        TestContext.Out.WriteLine(speed);
        Assert.That(speed.Measured, Is.GreaterThan(TimeSpan.Zero));
    }
}
