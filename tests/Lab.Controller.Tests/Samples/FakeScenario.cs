using Lab.Model.Boards;
using Lab.Model.Consoles;
using Lab.Model.Scenarios;

namespace Lab.Controller.Tests.Samples;

/// <summary>A scenario whose stages a test writes.</summary>
internal sealed class FakeScenario(params (string Name, Func<RunContext, CancellationToken, Task> RunAsync)[] stages) : IScenario
{
    public string Name => "fake";

    public string Summary => "what the test wants";

    public IReadOnlyList<Type> RequiredFacets { get; init; } = [typeof(IPower), typeof(IConsole)];

    public IReadOnlyList<StageOutline> Outline =>
        [
            .. stages.Select(stage => new StageOutline(stage.Name, "a stage", Available: true)),
            new StageOutline("later", "not yet", Available: false),
        ];

    public IReadOnlyList<Stage> Plan(RunContext context) =>
        [.. stages.Select(stage => new Stage(stage.Name, token => stage.RunAsync(context, token)))];
}
