namespace Lab.Model.Scenarios;

/// <summary>Deadlines that grow with the measured slowness of the host: 1 for the reference machine, 2 for one half as fast.</summary>
/// <param name="Scale">The factor; at least 1.</param>
public sealed record Deadlines(double Scale)
{
    /// <summary>The deadline for something that takes at most <paramref name="seconds"/> seconds on the reference machine.</summary>
    public TimeSpan Of(double seconds) => TimeSpan.FromSeconds(seconds * Math.Max(1, Scale));
}
