using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>The attack matrix as text: an attack a line, what must refuse it, what did.</summary>
internal static class AttackTable
{
    private const string Gap = "  ";

    /// <summary>The lines of the table; none for a run that is no matrix.</summary>
    public static IEnumerable<string> Lines(RunRecord record)
    {
        if (record.Attacks.Count == 0)
        {
            return [];
        }

        IReadOnlyList<IReadOnlyList<string>> rows =
        [
            ["ATTACK", "CLASS", "MUST BE REFUSED AT", "WITH", "SEEN", "BOARD", "TOOK", "VERDICT"],
            .. record.Attacks.Select(Row),
        ];
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => row[column].Length)).ToList();
        return rows.Select(row => string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())
            .Append(Count(record));
    }

    private static IReadOnlyList<string> Row(AttackResult attack) =>
        [
            attack.Name,
            attack.Class.Split(':')[0],
            attack.Expected.Stage,
            attack.Expected.Code,
            attack.Seen is null ? "nothing"
            : attack.Seen == attack.Expected ? "the same"
            : TerminalText.OneLine($"{attack.Seen.Stage}: {attack.Seen.Code}"),
            attack.Board,
            TerminalText.Time(attack.Duration),
            $"{TerminalText.Sign(attack.Verdict)} {attack.Verdict.Word()}",
        ];

    private static string Count(RunRecord record)
    {
        var refused = record.Attacks.Count(attack => attack.Verdict == Verdict.Pass);
        return $"{refused} of {record.Attacks.Count} attacks refused where and as they must be";
    }
}
