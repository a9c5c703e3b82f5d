using Lab.Host.Machine;
using Lab.Model.Runs;

namespace Lab.EndToEnd.Tests;

/// <summary>
/// What may go wrong while a board joins and works: one life of one board, each fault a test. The rig has a name of its own, so that its board is
/// nobody else's.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Self), Category("EndToEnd")]
public sealed class JoinFaultTests
{
    private RunRecord _record = null!;

    [OneTimeSetUp]
    public async Task RunAsync()
    {
        // Short enough for the node to outlive it here, long enough for a slow one to renew it.
        var life = (int)(240 * Math.Max(1, (await HostSpeed.MeasureAsync(TimeProvider.System)).Scale));
        _record = (
            await LabInProcess.RunAsync(
                new JoinFaults(),
                HwLabProgram.ForThisTest().Out,
                board => board with { Clock = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero) },
                adjustRig: rig => rig with { Name = "join-faults", Cluster = rig.Cluster with { CertificateSeconds = life } }
            )
        ).Record;
    }

    [TestCaseSource(typeof(JoinFaults), nameof(JoinFaults.Names))]
    public void The_fault_is_recovered_from_or_told_as_what_it_is(string fault)
    {
        var stage = _record.Stages.SingleOrDefault(stage => stage.Name == fault);

        Assert.That(stage, Is.Not.Null, string.Join(", ", _record.Stages.Select(one => $"{one.Name} {one.Verdict} {one.Error}")));
        Assert.Multiple(() =>
        {
            Assert.That(stage!.Verdict, Is.EqualTo(Verdict.Pass), stage.Error);
            Assert.That(stage.Checks.Where(check => check.Verdict != Verdict.Pass), Is.Empty);
            Assert.That(stage.Checks, Is.Not.Empty);
        });
    }
}
