namespace Lab.Scenarios.Tests;

[TestFixture]
public sealed class ScenarioCatalogTests
{
    [Test]
    public void Every_attack_is_refused_at_a_stage_of_its_scenario()
    {
        var stages = ScenarioCatalog
            .CreateScenarios()
            .ToDictionary(
                scenario => scenario.Name,
                scenario => scenario.Outline.Select(stage => stage.Name).ToArray(),
                StringComparer.Ordinal
            );

        foreach (var attack in ScenarioCatalog.CreateAttacks())
        {
            Assert.That(stages[attack.Scenario], Does.Contain(attack.RefusingStage), attack.Name);
        }
    }

    [Test]
    public void Names_are_unique() => Assert.That(ScenarioCatalog.CreateAttacks().Select(attack => attack.Name), Is.Unique);

    [Test]
    public void Every_attack_says_what_it_does_and_what_class_it_is() =>
        Assert.That(
            ScenarioCatalog.CreateAttacks(),
            Has.All.Matches<Lab.Model.Scenarios.IAttack>(attack =>
                attack!.Summary.Length > 0 && attack.Class.Length > 0 && attack.RefusalCode.Length > 0
            )
        );

    [Test]
    public void Edge_node_has_the_five_stages_of_the_main_job() =>
        Assert.That(
            ScenarioCatalog
                .CreateScenarios()
                .Single(scenario => scenario.Name == "edge-node")
                .Outline.Select(stage => stage.Name),
            Is.EqualTo(["netboot", "measured-boot", "attestation", "cluster-join", "gitops-sync"])
        );
}
