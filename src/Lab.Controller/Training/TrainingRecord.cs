using Lab.Scenarios.Training;

namespace Lab.Controller.Training;

/// <summary>How a real board did when it was power-cycled again and again.</summary>
/// <param name="Board">The board.</param>
/// <param name="Grade">A: it booted each time and about as fast; B: each time; F: not each time.</param>
/// <param name="Cycles">How many times it was power-cycled.</param>
/// <param name="Passed">How many times it booted.</param>
/// <param name="FastestSeconds">The shortest boot; 0 where none passed.</param>
/// <param name="MedianSeconds">The median.</param>
/// <param name="SlowestSeconds">The longest.</param>
/// <param name="Run">The run that has the evidence.</param>
/// <param name="At">When it ended.</param>
public sealed record TrainingRecord(
    string Board,
    string Grade,
    int Cycles,
    int Passed,
    double FastestSeconds,
    double MedianSeconds,
    double SlowestSeconds,
    string Run,
    DateTimeOffset At
)
{
    /// <summary>A board whose slowest boot takes longer than the median by more than this factor has something to be looked at.</summary>
    public const double SteadySpread = 1.25;

    /// <summary>Whether the board may be handed out.</summary>
    public bool Passes => Grade != "F";

    /// <summary>In words.</summary>
    public string Summary =>
        $"grade {Grade}: {Passed} of {Cycles} power cycles"
        + (Passed == 0 ? "" : $", booted in {FastestSeconds:0.0} to {SlowestSeconds:0.0} s, median {MedianSeconds:0.0} s");

    /// <summary>Grades what was done.</summary>
    public static TrainingRecord Of(string board, IReadOnlyList<TrainingCycle> cycles, string run, DateTimeOffset at)
    {
        var times = cycles
            .Where(cycle => cycle.Failure is null)
            .Select(cycle => Math.Round(cycle.BootTime.TotalSeconds, 3))
            .Order()
            .ToList();
        var (fastest, median, slowest) = times.Count == 0 ? (0, 0, 0) : (times[0], times[times.Count / 2], times[^1]);
        var grade =
            times.Count < cycles.Count || times.Count == 0 ? "F"
            : slowest <= median * SteadySpread ? "A"
            : "B";
        return new TrainingRecord(board, grade, cycles.Count, times.Count, fastest, median, slowest, run, at);
    }
}
