namespace Lab.Host.Debian;

/// <summary>One entry of apt's sources: sources.list(5).</summary>
/// <param name="Uri">The archive's base address.</param>
/// <param name="Suites">Code names or classes, such as <c>bookworm</c> or <c>stable-updates</c>.</param>
/// <param name="Components">Such as <c>main</c>; none for a flat archive.</param>
public sealed record AptSource(string Uri, IReadOnlyList<string> Suites, IReadOnlyList<string> Components);
