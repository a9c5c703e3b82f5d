using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>What a comparison of PCRs says.</summary>
internal static class PcrComparisons
{
    /// <summary>Whether both values are there and equal. A value that was not predicted, or not quoted, is no match.</summary>
    public static bool IsMatch(this PcrComparison pcr) =>
        pcr is { Predicted: not null, Quoted: not null }
        && string.Equals(pcr.Predicted, pcr.Quoted, StringComparison.OrdinalIgnoreCase);
}
