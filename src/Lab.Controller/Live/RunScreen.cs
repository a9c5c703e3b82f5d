using Lab.Controller.Runs;
using Lab.Model.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Lab.Controller.Live;

/// <summary>The picture of a run on a terminal: its stages with their checks and times above, the board's last lines below.</summary>
internal static class RunScreen
{
    private const string Frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    /// <summary>Draws it to fit into a terminal of that size.</summary>
    /// <param name="progress">How far the run is.</param>
    /// <param name="planned">The names of the stages still to come, those under way included.</param>
    /// <param name="console">The board's last lines, the newest last.</param>
    /// <param name="now">The moment.</param>
    /// <param name="width">The terminal's columns.</param>
    /// <param name="height">The terminal's rows.</param>
    public static IRenderable Draw(
        RunProgress progress,
        IReadOnlyList<string> planned,
        IReadOnlyList<string> console,
        DateTimeOffset now,
        int width,
        int height
    )
    {
        var rows = new List<IRenderable> { Title(progress, now) };
        var stages = StageRows(progress, now, width);
        var toCome = ToCome(progress, planned);
        var consoleRows = progress.Record is null ? Math.Clamp(height - stages.Count - toCome.Count - 2, 3, 12) : 0;
        var room = Math.Max(3, height - consoleRows - 2);
        rows.AddRange(stages.Count <= room ? stages : [Line("  …", "grey"), .. stages.TakeLast(room - 1)]);
        rows.AddRange(toCome.Take(room - stages.Count));
        if (consoleRows > 0)
        {
            rows.Add(ConsolePanel(progress, console, consoleRows, width));
        }

        return new Rows(rows);
    }

    private static Markup Title(RunProgress progress, DateTimeOffset now)
    {
        var started = progress.Started;
        if (started is null)
        {
            return new Markup("");
        }

        var attack = started.Attack is null ? "" : $" [red]under attack {Markup.Escape(started.Attack)}[/]";
        return new Markup(
            $"[bold]{Markup.Escape(started.Scenario)}[/]{attack} [grey]on[/] {Markup.Escape(started.Board)} "
                + $"[grey]of {Markup.Escape(started.Rig)} · {TerminalText.Time(progress.Record?.Duration ?? now - started.At)}[/]"
        )
        {
            Overflow = Overflow.Ellipsis,
        };
    }

    private static List<IRenderable> StageRows(RunProgress progress, DateTimeOffset now, int width)
    {
        var rows = new List<IRenderable>();
        if (progress is { Stages.Count: 0, Saying: { } preparing })
        {
            rows.Add(new Markup($"[blue]{Frame(now)}[/] {Markup.Escape(Cut(TerminalText.OneLine(preparing), width - 2))}"));
        }

        foreach (var stage in progress.Stages)
        {
            rows.Add(StageRow(stage, now));
            rows.AddRange(stage.Checks.Select(check => CheckRow(check.Check, check.At - stage.StartedAt, width)));
            rows.AddRange(ErrorRows(stage.Result, width));
            if (stage.Result is null && progress.Saying is { } saying)
            {
                rows.Add(Line("    " + Cut(TerminalText.OneLine(saying), width - 4), "grey"));
            }
        }

        return rows;
    }

    private static List<Markup> ToCome(RunProgress progress, IReadOnlyList<string> planned) =>
        progress.Record is null && progress.Stages.All(stage => stage.Result is null or { Verdict: Verdict.Pass })
            ?
            [
                .. planned
                    .Where(name => progress.Stages.All(stage => stage.Name != name))
                    .Select(name => Line("· " + name, "grey")),
            ]
            : [];

    private static Markup StageRow(RunProgress.StageProgress stage, DateTimeOffset now) =>
        stage.Result is { } result
            ? new Markup(
                $"[{Colour(result.Verdict)}]{TerminalText.Sign(result.Verdict)}[/] [bold]{Markup.Escape(stage.Name)}[/] "
                    + $"[grey]{TerminalText.Time(result.Duration)}[/]"
                    + (result.Verdict == Verdict.Pass ? "" : $" [{Colour(result.Verdict)}]{result.Verdict.Word()}[/]")
            )
            : new Markup(
                $"[blue]{Frame(now)}[/] [bold]{Markup.Escape(stage.Name)}[/] [grey]{TerminalText.Time(now - stage.StartedAt)}[/]"
            );

    private static Markup CheckRow(CheckResult check, TimeSpan at, int width)
    {
        var time = TerminalText.Time(at).PadLeft(9);
        var name = Cut(TerminalText.OneLine(check.Name), width - 16);
        var detail = Cut(TerminalText.OneLine(check.Detail), width - 17 - name.Length);
        return new Markup(
            $"  [grey]{time}[/] [{Colour(check.Verdict)}]{TerminalText.Sign(check.Verdict)}[/] {Markup.Escape(name)} [grey]{Markup.Escape(detail)}[/]"
        );
    }

    private static IEnumerable<Markup> ErrorRows(StageResult? result, int width) =>
        result?.Error is null
            ? []
            : TerminalText.Lines(result.Error).Select(line => Line("    " + Cut(line, width - 4), Colour(result.Verdict)));

    private static Panel ConsolePanel(RunProgress progress, IReadOnlyList<string> console, int rows, int width)
    {
        var lines = console.TakeLast(rows - 2).Select(line => Cut(TerminalText.OneLine(line), width - 4)).ToList();
        var text = string.Join('\n', Enumerable.Repeat("", Math.Max(0, rows - 2 - lines.Count)).Concat(lines));
        var phase = progress.LastPhase is { } last ? $" · {last.Name} at {TerminalText.Time(last.At)}" : "";
        return new Panel(new Text(text, new Style(Color.Grey)))
        {
            Header = new PanelHeader($" {Markup.Escape(progress.Started?.Board ?? "")} console{Markup.Escape(phase)} "),
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(Color.Grey),
            Expand = true,
            Padding = new Padding(1, 0, 1, 0),
        };
    }

    private static Markup Line(string text, string colour) => new($"[{colour}]{Markup.Escape(text)}[/]");

    private static string Colour(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "green",
            Verdict.Fail => "red",
            Verdict.Skipped => "grey",
            _ => "yellow",
        };

    private static char Frame(DateTimeOffset now) => Frames[(int)(now.ToUnixTimeMilliseconds() / 100 % Frames.Length)];

    private static string Cut(string text, int width) =>
        width <= 1 ? ""
        : text.Length <= width ? text
        : text[..(width - 1)] + "…";
}
