namespace Lab.Model.Scenarios;

/// <summary>Ordered stages that a board goes through.</summary>
public interface IScenario
{
    /// <summary>The name that <c>hwlab run</c> takes.</summary>
    string Name { get; }

    /// <summary>What it shows, in one sentence.</summary>
    string Summary { get; }

    /// <summary>The facets a board must have; a missing one makes the run <c>skipped</c> and is named.</summary>
    IReadOnlyList<Type> RequiredFacets { get; }

    /// <summary>How many boards it takes.</summary>
    int BoardCount => 1;

    /// <summary>The names and summaries of all stages, those not built yet included.</summary>
    IReadOnlyList<StageOutline> Outline { get; }

    /// <summary>The stages for one run, in order; what they share lives in the plan.</summary>
    IReadOnlyList<Stage> Plan(RunContext context);
}
