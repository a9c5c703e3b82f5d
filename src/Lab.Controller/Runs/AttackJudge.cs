using Lab.Model.Runs;
using Lab.Model.Scenarios;

namespace Lab.Controller.Runs;

/// <summary>Says of an attack's run whether the chain refused where it must and for the reason that it must.</summary>
internal static class AttackJudge
{
    /// <summary>The row of the matrix for the run of one attack.</summary>
    /// <param name="attack">The attack.</param>
    /// <param name="record">The record of its run.</param>
    /// <param name="folder">That run's folder, relative to the matrix's.</param>
    public static AttackResult Judge(IAttack attack, RunRecord record, string folder)
    {
        var expected = new SeenRefusal(attack.RefusingStage, attack.RefusalCode);
        // What refuses on the way to the attack, as a denied attestation does before a join without one, is not the attack's end.
        var seen = record.Refusals is [.., var last] ? last : null;
        var verdict = record.Verdict == Verdict.Pass && seen != expected ? Verdict.Fail : record.Verdict;
        return new AttackResult
        {
            Name = attack.Name,
            Summary = attack.Summary,
            Class = attack.Class,
            Expected = expected,
            Seen = seen,
            Verdict = verdict,
            Detail = verdict == Verdict.Pass ? "" : Explain(record, expected, seen),
            Board = record.Board,
            Duration = record.Duration,
            Folder = folder,
        };
    }

    private static string Explain(RunRecord record, SeenRefusal expected, SeenRefusal? seen)
    {
        var stage = record.Stages.FirstOrDefault(stage => stage.Verdict != Verdict.Pass);
        var why = stage?.Error ?? Tell(stage?.Checks.FirstOrDefault(check => check.Verdict != Verdict.Pass));
        if (record.Verdict is Verdict.LabError or Verdict.Skipped)
        {
            return Join($"stage {stage?.Name}", why);
        }

        return seen is null ? Join("nothing refused", why)
            : seen.Stage != expected.Stage ? Join($"refused at {seen.Stage} instead of {expected.Stage}", why)
            : seen.Code != expected.Code ? Join($"refused with {seen.Code} instead of {expected.Code}", why)
            : Join($"stage {stage?.Name}", why);
    }

    private static string Tell(CheckResult? check) => check is null ? "" : $"{check.Name}: {check.Detail}";

    private static string Join(string what, string why) => why.Length == 0 ? what : $"{what}: {why}";
}
