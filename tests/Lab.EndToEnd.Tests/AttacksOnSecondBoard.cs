namespace Lab.EndToEnd.Tests;

[TestFixture]
public sealed class AttacksOnSecondBoard() : AttackTests("virt-2")
{
    private static IEnumerable<TestCaseData> Attacks() => Share(1);

    [TestCaseSource(nameof(Attacks))]
    public Task The_chain_refuses_the_attack_at_the_named_stage(string attack, string refusingStage) =>
        RefusesAsync(attack, refusingStage, Board);
}
