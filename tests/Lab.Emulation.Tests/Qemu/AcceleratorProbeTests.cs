using Lab.Emulation.Qemu;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Emulation.Tests.Qemu;

[Category(RealParts.Category)]
internal sealed class AcceleratorProbeTests
{
    private RealParts _parts = null!;

    [SetUp]
    public void Prepare()
    {
        RealParts.Need(QemuCommandLine.Program);
        _parts = new RealParts();
    }

    [TearDown]
    public async Task CleanUp() => await _parts.DisposeAsync();

    [Test]
    public async Task The_probe_guest_runs_to_its_end_and_switches_itself_off()
    {
        // A clock that stands still: how long it takes on a busy machine is not what is asked here.
        var obstacle = await AcceleratorProbe.RunAsync(
            Accelerator.Translator("test"),
            _parts.Folders,
            _parts.Owner,
            new FakeTimeProvider(),
            CancellationToken.None
        );

        Assert.That(obstacle, Is.Null);
    }

    [Test]
    public async Task An_accelerator_that_does_not_run_it_is_refused_with_the_reason()
    {
        var obstacle = await AcceleratorProbe.RunAsync(
            new Accelerator("none", "no-such-accelerator", "cortex-a72", ""),
            _parts.Folders,
            _parts.Owner,
            new FakeTimeProvider(),
            CancellationToken.None
        );

        Assert.That(obstacle, Does.Contain("no-such-accelerator"));
    }

    [Test]
    public async Task Every_machine_gets_an_accelerator_and_a_reason()
    {
        var accelerator = await AcceleratorProbe.ChooseAsync(
            _parts.Folders,
            _parts.Owner,
            TimeProvider.System,
            CancellationToken.None
        );

        Assert.That(accelerator.Name, Is.AnyOf("kvm", "tcg"));
        Assert.That(accelerator.Reason, Is.Not.Empty);
    }
}
