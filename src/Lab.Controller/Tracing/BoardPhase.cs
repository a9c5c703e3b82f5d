namespace Lab.Controller.Tracing;

/// <summary>A phase of a boot.</summary>
/// <param name="Name">What was reached at its end.</param>
/// <param name="From">The moment before, on the run's time line.</param>
/// <param name="To">When it was reached.</param>
internal sealed record BoardPhase(string Name, TimeSpan From, TimeSpan To);
