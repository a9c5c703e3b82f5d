using Lab.Controller.Runs;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

internal sealed class RunRecorderTests
{
    private string _folder = "";
    private FakeTimeProvider _time = null!;
    private RunFolder _run = null!;
    private RunRecorder _recorder = null!;

    [SetUp]
    public void Begin_a_run()
    {
        _folder = Directory.CreateTempSubdirectory("hwlab-recorder-").FullName;
        _time = new FakeTimeProvider();
        _run = RunFolder.Create(_folder);
        _recorder = new RunRecorder(_run, "virt-1", new RunEventStream(), _time);
    }

    [TearDown]
    public void Remove_the_folder()
    {
        _run.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void A_second_boot_of_the_only_board_begins_the_time_line_anew()
    {
        _recorder.PoweredOn(After(10));
        _recorder.Phase("firmware", After(1));
        _recorder.PoweredOn(After(30));
        _recorder.Phase("firmware", After(2));

        Assert.That(Moments(), Is.EqualTo([("firmware", 2.0, (string?)null)]));
    }

    [Test]
    public void A_board_that_is_powered_again_clears_its_own_phases_only()
    {
        var other = _recorder.For("virt-2");
        _recorder.PoweredOn(After(10));
        _recorder.Phase("attested", After(20));
        other.PoweredOn(After(1));
        other.Phase("firmware", After(2));
        _recorder.PoweredOn(After(30));
        _recorder.Phase("firmware", After(3));

        Assert.That(
            Moments(),
            Is.EqualTo([("power-on", 21.0, "virt-2"), ("firmware", 23, "virt-2"), ("power-on", 53, null), ("firmware", 56, null)])
        );
    }

    [Test]
    public void Another_board_that_is_powered_again_clears_nothing()
    {
        var other = _recorder.For("virt-2");
        _recorder.PoweredOn(After(10));
        _recorder.Phase("firmware", After(1));
        other.PoweredOn(After(1));
        other.PoweredOn(After(1));

        Assert.That(
            Moments(),
            Is.EqualTo([("firmware", 1.0, (string?)null), ("power-on", 2, "virt-2"), ("power-on", 3, "virt-2")])
        );
    }

    private DateTimeOffset After(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return _time.GetUtcNow();
    }

    private IEnumerable<(string, double, string?)> Moments() =>
        _recorder.Phases.Select(phase => (phase.Name, phase.At.TotalSeconds, phase.Board));
}
