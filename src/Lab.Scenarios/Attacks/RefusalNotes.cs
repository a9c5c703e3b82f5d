using Lab.Model.Runs;

namespace Lab.Scenarios.Attacks;

/// <summary>Writes down what refused, whether or not it is what should have: the attack matrix compares the two.</summary>
internal static class RefusalNotes
{
    /// <summary>Records the refusal if there was one.</summary>
    public static void Note(this IRunRecorder recorder, bool refused, string? code)
    {
        if (refused)
        {
            recorder.Refused(code ?? "");
        }
    }
}
