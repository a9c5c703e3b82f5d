using Lab.Model.Consoles;
using Lab.Model.Errors;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>Verdicts: their words in files, and which of them an error means.</summary>
public static class Verdicts
{
    /// <summary>The word in <c>run.json</c>.</summary>
    public static string Word(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "pass",
            Verdict.Fail => "fail",
            Verdict.Skipped => "skipped",
            _ => "lab-error",
        };

    /// <summary>The verdict of a word; an unknown one is nobody's pass.</summary>
    /// <exception cref="FormatException">There is no such verdict.</exception>
    public static Verdict Parse(string word) =>
        word switch
        {
            "pass" => Verdict.Pass,
            "fail" => Verdict.Fail,
            "skipped" => Verdict.Skipped,
            "lab-error" => Verdict.LabError,
            _ => throw new FormatException($"'{word}' is not a verdict"),
        };

    /// <summary>The worst of them; <see cref="Verdict.Pass"/> of none.</summary>
    public static Verdict Worst(IEnumerable<Verdict> verdicts) =>
        verdicts.Aggregate(Verdict.Pass, (worst, next) => next > worst ? next : worst);

    /// <summary>What an error that ends a stage says about the board.</summary>
    public static Verdict Of(Exception exception) =>
        exception switch
        {
            BoardException or ConsoleTimeoutException or ConsoleClosedException { IsByBoard: true } => Verdict.Fail,
            // Within a stage nothing but a missing facet or service throws it.
            RigException => Verdict.Skipped,
            _ => Verdict.LabError,
        };

    /// <summary>What to tell about an error: ours as they are, others with their type, since they are bugs.</summary>
    public static string Tell(Exception exception) =>
        exception is HwLabException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
}
