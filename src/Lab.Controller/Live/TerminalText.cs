using Lab.Controller.Reports;
using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>How things are written on terminals and in logs of CI servers.</summary>
internal static class TerminalText
{
    /// <summary>The sign of a verdict; also told apart without colour.</summary>
    public static string Sign(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "✓",
            Verdict.Fail => "✗",
            Verdict.Skipped => "○",
            _ => "⚠",
        };

    /// <summary>A duration in the unit that a person would use.</summary>
    public static string Time(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 1 } => $"{Math.Max(0, time.TotalMilliseconds):0} ms",
            { TotalSeconds: < 60 } => $"{time.TotalSeconds:0.0} s",
            _ => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        };

    /// <summary>Text from a board, on one line, unable to drive the terminal that it is shown on.</summary>
    public static string OneLine(string text) => PrintableText.Of(text.ReplaceLineEndings(" ⏎ ").Replace('\t', ' '));

    /// <summary>Text from a board, unable to drive the terminal that it is shown on.</summary>
    public static IEnumerable<string> Lines(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Select(line => PrintableText.Of(line.Replace('\t', ' ')));
}
