using Lab.Scenarios;

namespace Lab.EndToEnd.Tests;

[TestFixture, Category("EndToEnd")]
public sealed class AttackTests
{
    private static IEnumerable<TestCaseData> Attacks() =>
        ScenarioCatalog
            .CreateAttacks()
            .Select(attack => new TestCaseData(attack.Name, attack.RefusingStage).SetArgDisplayNames(attack.Name));

    [TestCaseSource(nameof(Attacks))]
    public async Task The_chain_refuses_the_attack_at_the_named_stage(string attack, string refusingStage)
    {
        var program = HwLabProgram.ForThisTest();

        var result = await program.RunEdgeNodeAsync("--attack", attack);

        Assert.That(result.ExitCode, Is.Zero, result.StandardOutput + result.StandardError);
        var record = program.ReadRecord();
        Assert.Multiple(() =>
        {
            Assert.That(record.Verdict(), Is.EqualTo("pass"));
            Assert.That(record.GetProperty("attack").GetString(), Is.EqualTo(attack));
            Assert.That(record.StageNames()[^1], Is.EqualTo(refusingStage));
            Assert.That(
                record.Checks(refusingStage).Select(check => check.GetProperty("name").GetString()),
                Has.Some.Contains("refuses").Or.Some.Contains("denies")
            );
        });
    }
}
