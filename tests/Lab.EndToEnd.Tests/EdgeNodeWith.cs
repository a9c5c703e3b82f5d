using Lab.Model.Scenarios;
using Lab.Scenarios.EdgeNode;

namespace Lab.EndToEnd.Tests;

/// <summary>The boot of <c>edge-node</c>, up to attestation, with a stage of a test's own before it, after it, or both.</summary>
internal sealed class EdgeNodeWith : IScenario
{
    private readonly EdgeNodeScenario _scenario = new();

    public Func<RunContext, CancellationToken, Task>? Before { get; init; }

    public Func<RunContext, CancellationToken, Task>? After { get; init; }

    public string Name => _scenario.Name;

    public string Summary => _scenario.Summary;

    public IReadOnlyList<Type> RequiredFacets => _scenario.RequiredFacets;

    public IReadOnlyList<StageOutline> Outline => [.. _scenario.Outline.TakeWhile(stage => !stage.NeedsCluster)];

    public IReadOnlyList<Stage> Plan(RunContext context) =>
        [.. Own("before", Before, context), .. _scenario.Plan(context).Take(Outline.Count), .. Own("after", After, context)];

    private static IEnumerable<Stage> Own(string name, Func<RunContext, CancellationToken, Task>? action, RunContext context) =>
        action is null ? [] : [new Stage(name, token => action(context, token))];
}
