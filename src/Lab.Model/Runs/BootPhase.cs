namespace Lab.Model.Runs;

/// <summary>A moment of a boot, for the timeline.</summary>
/// <param name="Name">For example <c>firmware</c>, <c>linuxboot</c>, <c>target</c>, <c>attested</c>.</param>
/// <param name="At">Time since power-on.</param>
public sealed record BootPhase(string Name, TimeSpan At);
