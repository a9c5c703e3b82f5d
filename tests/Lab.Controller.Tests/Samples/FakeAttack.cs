using Lab.Model.Scenarios;

namespace Lab.Controller.Tests.Samples;

/// <summary>An attack whose stages a scenario of the test's gives.</summary>
internal sealed class FakeAttack(IScenario stages) : IAttack
{
    public string Name { get; init; } = "swap";

    public string Scenario => stages.Name;

    public string Summary => "the target is swapped";

    public string Class => "Arbitrary software";

    public string RefusingStage { get; init; } = "one";

    public string RefusalCode => "digest-mismatch";

    public IReadOnlyList<Stage> Plan(RunContext context) => stages.Plan(context);
}
