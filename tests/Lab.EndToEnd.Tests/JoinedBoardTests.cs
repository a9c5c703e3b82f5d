using Lab.Model.Runs;

namespace Lab.EndToEnd.Tests;

/// <summary>Attacks on the life of one board that has joined. The rig has a name of its own, so that its board is nobody else's.</summary>
[TestFixture, Parallelizable(ParallelScope.Self), Category("EndToEnd")]
public sealed class JoinedBoardTests
{
    private RunRecord _record = null!;

    [OneTimeSetUp]
    public async Task RunAsync() =>
        _record = (
            await LabInProcess.RunAsync(
                new JoinedBoardAttacks(),
                HwLabProgram.ForThisTest().Out,
                adjustRig: rig => rig with { Name = "joined-board" }
            )
        ).Record;

    [TestCaseSource(typeof(JoinedBoardAttacks), nameof(JoinedBoardAttacks.Names))]
    public void The_attack_on_a_board_that_joins_is_refused(string attack)
    {
        var stage = _record.Stages.SingleOrDefault(stage => stage.Name == attack);

        Assert.That(stage, Is.Not.Null, string.Join(", ", _record.Stages.Select(one => $"{one.Name} {one.Verdict} {one.Error}")));
        Assert.Multiple(() =>
        {
            Assert.That(stage!.Verdict, Is.EqualTo(Verdict.Pass), stage.Error);
            Assert.That(stage.Checks.Where(check => check.Verdict != Verdict.Pass), Is.Empty);
            Assert.That(stage.Checks, Is.Not.Empty);
        });
    }

    [Test]
    public void The_honest_board_joins_all_the_same() =>
        Assert.That(_record.Stages.Single(stage => stage.Name == "cluster-join").Verdict, Is.EqualTo(Verdict.Pass));
}
