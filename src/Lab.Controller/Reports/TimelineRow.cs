namespace Lab.Controller.Reports;

/// <summary>A bar of the timeline, or a line of text where it has no colour.</summary>
/// <param name="Label">What it is, short.</param>
/// <param name="From">Its begin, in seconds after power-on.</param>
/// <param name="To">Its end.</param>
/// <param name="Colour">The bar's class; null for a line of text.</param>
internal sealed record TimelineRow(string Label, double From, double To, string? Colour)
{
    /// <summary>All there is to say, for those who point at it.</summary>
    public string? Title { get; init; }

    /// <summary>Whether it tells of a trouble.</summary>
    public bool IsTrouble { get; init; }
}
