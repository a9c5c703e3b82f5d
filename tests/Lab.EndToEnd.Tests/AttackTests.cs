using Lab.Scenarios;

namespace Lab.EndToEnd.Tests;

/// <summary>
/// Every attack but those of <see cref="JoinedBoardAttacks"/>, shared out over the rig's two boards: a virtual board keeps one processor busy.
/// </summary>
[Parallelizable(ParallelScope.Self), Category("EndToEnd")]
public abstract class AttackTests(string board)
{
    protected static async Task RefusesAsync(string attack, string refusingStage, string board)
    {
        var program = HwLabProgram.ForThisTest();

        var result = await program.RunEdgeNodeAsync("--attack", attack, "--board", board);

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        var record = program.ReadRecord();
        Assert.Multiple(() =>
        {
            Assert.That(record.Verdict(), Is.EqualTo("pass"));
            Assert.That(record.GetProperty("attack").GetString(), Is.EqualTo(attack));
            Assert.That(record.StageNames()[^1], Is.EqualTo(refusingStage));
            Assert.That(
                record.GetProperty("refusals").EnumerateArray().Last().GetProperty("stage").GetString(),
                Is.EqualTo(refusingStage)
            );
            Assert.That(
                record.Checks(refusingStage).Select(check => check.GetProperty("name").GetString()),
                Has.Some.Contains("refuses").Or.Some.Contains("denies")
            );
        });
    }

    protected string Board { get; } = board;

    /// <summary>The attacks whose place in the catalog leaves this remainder.</summary>
    protected static IEnumerable<TestCaseData> Share(int remainder) =>
        ScenarioCatalog
            .CreateAttacks()
            .Where(attack => !JoinedBoardAttacks.Names.Contains(attack.Name, StringComparer.Ordinal))
            .Where((_, index) => index % 2 == remainder)
            .Select(attack => new TestCaseData(attack.Name, attack.RefusingStage).SetArgDisplayNames(attack.Name));
}
