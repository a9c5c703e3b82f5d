namespace Lab.EndToEnd.Tests;

[TestFixture]
public sealed class AttacksOnFirstBoard() : AttackTests("virt-1")
{
    private static IEnumerable<TestCaseData> Attacks() => Share(0);

    [TestCaseSource(nameof(Attacks))]
    public Task The_chain_refuses_the_attack_at_the_named_stage(string attack, string refusingStage) =>
        RefusesAsync(attack, refusingStage, Board);
}
