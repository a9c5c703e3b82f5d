using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Live;

/// <summary>Plain lines, for logs and pipes: each event once, nothing redrawn, no escape codes.</summary>
internal sealed class PlainView(TextWriter output, RunFolder folder) : IRunView
{
    private DateTimeOffset _started;

    public async Task ShowAsync(IAsyncEnumerable<RunEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var runEvent in events.WithCancellation(cancellationToken))
        {
            foreach (var line in Lines(runEvent))
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            await output.FlushAsync(cancellationToken);
        }
    }

    private IEnumerable<string> Lines(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                _started = started.At;
                return
                [
                    $"run {started.Id}: {started.Scenario}"
                        + (started.Attack is null ? "" : $" under attack {started.Attack}")
                        + $", board {started.Board} of rig {started.Rig}",
                ];
            case RunEvent.StageStarted started:
                return [Stamp(started.At) + started.Stage];
            case RunEvent.CheckMade made:
                return
                [
                    Stamp(made.At)
                        + $"  {TerminalText.Sign(made.Check.Verdict)} {TerminalText.OneLine(made.Check.Name)}: {TerminalText.OneLine(made.Check.Detail)}",
                ];
            case RunEvent.Progress progress:
                return [Stamp(progress.At) + $"  · {TerminalText.OneLine(progress.Text)}"];
            case RunEvent.PhaseReached reached:
                return
                [
                    Stamp(reached.At)
                        + $"  · {Board(reached.Phase)}{TerminalText.OneLine(reached.Phase.Name)}, {TerminalText.Time(reached.Phase.At)} after power-on",
                ];
            case RunEvent.StageEnded ended:
                return
                [
                    .. Error(ended.Result.Error),
                    Stamp(ended.At)
                        + $"{ended.Result.Name}: {ended.Result.Verdict.Word()} in {TerminalText.Time(ended.Result.Duration)}",
                ];
            case RunEvent.RunEnded ended:
                return Summary(ended.Record, folder);
            default:
                return [];
        }
    }

    /// <summary>The last lines of a run: the verdict, and where to read on.</summary>
    public static IEnumerable<string> Summary(RunRecord record, RunFolder folder) =>
        [
            .. AttackTable.Lines(record),
            $"{TerminalText.Sign(record.Verdict)} {record.Verdict.Word()} in {TerminalText.Time(record.Duration)}: {Subject(record)}",
            $"  report  {Path.Combine(folder.Root, RunFolder.HtmlFile)}",
            $"  record  {Path.Combine(folder.Root, RunFolder.RecordFile)}",
        ];

    private static string Subject(RunRecord record) =>
        record.Stages.FirstOrDefault(stage => stage.Verdict != Verdict.Pass) is { } stage
            ? $"{record.Scenario} on {record.Board}, stage {stage.Name}"
            : $"{record.Scenario} on {record.Board}";

    private static string Board(BootPhase phase) => phase.Board is { } board ? TerminalText.OneLine(board) + ": " : "";

    private static IEnumerable<string> Error(string? error) =>
        error is null ? [] : TerminalText.Lines(error).Select(line => "            " + line);

    private string Stamp(DateTimeOffset at) => $"{Math.Max(0, (at - _started).TotalSeconds), 8:0.000}  ";
}
