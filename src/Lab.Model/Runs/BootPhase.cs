namespace Lab.Model.Runs;

/// <summary>A moment of a boot, for the timeline.</summary>
/// <param name="Name">For example <c>firmware</c>, <c>linuxboot</c>, <c>target</c>, <c>attested</c>.</param>
/// <param name="At">Time since power-on: that of the run's first board, also where this is a moment of another one.</param>
public sealed record BootPhase(string Name, TimeSpan At)
{
    /// <summary>The board, where it is not the run's first one.</summary>
    public string? Board { get; init; }
}
