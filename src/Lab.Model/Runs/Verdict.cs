namespace Lab.Model.Runs;

/// <summary>How a check, a stage or a run ended. The order is that of gravity: the worst one wins.</summary>
public enum Verdict
{
    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It was not tried, because a facet or a service is missing.</summary>
    Skipped,

    /// <summary>The board's fault.</summary>
    Fail,

    /// <summary>The lab's fault: nothing is said about the board.</summary>
    LabError,
}
