using System.Globalization;
using Lab.Controller.Live;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>
/// The run as one drawing in SVG, on bands that are its stages: a row a stage, a phase of a boot, an event of a workload, grouped by
/// board and workload. All places along the time axis are percentages, so that the picture has the reader's width and its text
/// keeps its size, also on a telephone.
/// </summary>
internal static class TimelineSection
{
    private const int Head = 34;
    private const int Row = 36;
    private const int Line = 24;

    // Longest texts beside a time, and alone in a line, that a narrow screen has room for; the whole is the row's title.
    private const int LongestLabel = 30;
    private const int LongestLine = 52;

    // The narrowest bar that is seen.
    private const double Narrowest = 0.008;

    public static void Write(HtmlWriter html, RunRecord record, IReadOnlyList<KubernetesSpan> cluster)
    {
        var timeline = new Timeline(record, cluster);
        if (!timeline.HasContent)
        {
            return;
        }

        html.Open("h2").Text("Timeline");
        if (timeline.LastPhase > 0)
        {
            html.Element("small", $"{Time(timeline.LastPhase)} from power-on to {timeline.Subject}");
        }

        html.Close().Line().Open("div", ("class", "timeline card"));
        var height = timeline.Groups.Sum(group => Head + group.Rows.Sum(Height));
        html.Open("svg", ("height", Number(height)), ("role", "img"), ("aria-label", Describe(timeline))).Line();
        for (var index = 0; index < timeline.Stages.Count; index += 2)
        {
            WriteRect(html, timeline, timeline.Stages[index], "band", 0, height);
            html.Line();
        }

        var top = 0;
        foreach (var group in timeline.Groups)
        {
            html.Element("text", Short(group.Name, LongestLine), ("class", "group"), ("x", "0"), ("y", Number(top + 22))).Line();
            top += Head;
            foreach (var row in group.Rows)
            {
                WriteRow(html, timeline, row, top);
                top += Height(row);
            }
        }

        html.Close().Close().Line();
    }

    private static void WriteRow(HtmlWriter html, Timeline timeline, TimelineRow row, int top)
    {
        html.Open("g", ("class", row.Colour));
        if (row.Title is { } title)
        {
            html.Element("title", title);
        }

        var isLine = row.Colour is null;
        // A complaint stands close to its bar, a name to what follows.
        var baseline =
            top
            + (isLine, row.IsTrouble) switch
            {
                (true, true) => 8,
                (true, false) => 18,
                _ => 13,
            };
        html.Element(
            "text",
            Short(row.Label, isLine ? LongestLine : LongestLabel),
            (
                "class",
                (isLine, row.IsTrouble) switch
                {
                    (true, true) => "at bad",
                    (true, false) => "at",
                    (false, true) => "bad",
                    _ => null,
                }
            ),
            ("x", "0"),
            ("y", Number(baseline))
        );
        if (!isLine)
        {
            var length = row.To - row.From;
            html.Element(
                "text",
                length > 0 ? $"+{Time(length)} · {Time(row.To)}" : Time(row.To),
                ("class", "at"),
                ("x", "100%"),
                ("y", Number(top + 13)),
                ("text-anchor", "end")
            );
            WriteRect(html, timeline, row, "length", top + 19, 8);
        }

        html.Close().Line();
    }

    private static void WriteRect(HtmlWriter html, Timeline timeline, TimelineRow row, string name, int top, int height)
    {
        var length = timeline.To - timeline.From;
        var from = Math.Clamp((row.From - timeline.From) / length, 0, 1 - Narrowest);
        var to = Math.Clamp((row.To - timeline.From) / length, 0, 1);
        html.Open(
                "rect",
                ("class", name),
                ("x", Percent(from)),
                ("y", Number(top)),
                ("width", Percent(Math.Max(to - from, Narrowest))),
                ("height", Number(height)),
                ("rx", "4")
            )
            .Close();
    }

    private static string Describe(Timeline timeline) =>
        "After power-on: "
        + string.Join(
            "; ",
            timeline.Groups.Select(group =>
                $"{group.Name}: "
                + string.Join(
                    ", ",
                    group.Rows.Where(row => row.Colour is not null).Select(row => $"{row.Label} at {Time(row.To)}")
                )
            )
        );

    private static int Height(TimelineRow row) => row.Colour is null ? Line : Row;

    private static string Short(string text, int longest) =>
        text.Length <= longest ? text : text[..(longest - 1)].TrimEnd() + "…";

    private static string Time(double seconds) =>
        (seconds < 0 ? "−" : "")
        + TerminalText.Time(TimeSpan.FromSeconds(Math.Min(Math.Abs(seconds), TimeSpan.MaxValue.TotalSeconds / 2)));

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
