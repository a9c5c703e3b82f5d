using Lab.Model.Errors;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>What the program ends with; a promise to scripts (docs/run-json.md).</summary>
public static class ExitCodes
{
    /// <summary>It holds.</summary>
    public const int Pass = 0;

    /// <summary>The board failed.</summary>
    public const int BoardFailed = 1;

    /// <summary>The command line or the rig is wrong, or the rig lacks what the scenario needs.</summary>
    public const int Usage = 2;

    /// <summary>The lab failed.</summary>
    public const int LabError = 3;

    /// <summary>Ended by the user: 128 + SIGINT, as shells count.</summary>
    public const int Cancelled = 130;

    /// <summary>The exit code of a verdict. Skipped is not a pass: the rig lacks what was asked for.</summary>
    public static int Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => Pass,
            Verdict.Fail => BoardFailed,
            Verdict.Skipped => Usage,
            _ => LabError,
        };

    /// <summary>The exit code of an error that ended the program.</summary>
    public static int Of(Exception exception) =>
        exception switch
        {
            RigException => Usage,
            BoardException => BoardFailed,
            OperationCanceledException => Cancelled,
            _ => LabError,
        };
}
