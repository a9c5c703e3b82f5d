using System.Globalization;
using Lab.Controller.Live;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>
/// The moments of the boot, drawn as SVG: a row a phase, from the moment before to its own. All places along the time axis are
/// percentages, so that the picture has the reader's width and its text keeps its size.
/// </summary>
internal static class TimelineSection
{
    private const int Row = 40;
    private const int Colours = 6;

    public static void Write(HtmlWriter html, RunRecord record)
    {
        var phases = record.Phases.Where(phase => phase.At >= TimeSpan.Zero).OrderBy(phase => phase.At).ToList();
        if (phases.Count == 0 || phases[^1].At == TimeSpan.Zero)
        {
            return;
        }

        var end = phases[^1].At;
        html.Open("h2")
            .Text("Boot")
            .Element("small", $"{TerminalText.Time(end)} from power-on to {phases[^1].Name}")
            .Close()
            .Line();
        html.Open("div", ("class", "timeline card"));
        html.Open(
            "svg",
            ("height", Number(phases.Count * Row)),
            ("role", "img"),
            (
                "aria-label",
                "From power-on: " + string.Join(", ", phases.Select(phase => $"{phase.Name} at {TerminalText.Time(phase.At)}"))
            )
        );
        var before = TimeSpan.Zero;
        for (var index = 0; index < phases.Count; index++)
        {
            WriteRow(html, phases[index], before, end, index);
            before = phases[index].At;
        }

        html.Close().Close().Line();
    }

    private static void WriteRow(HtmlWriter html, BootPhase phase, TimeSpan before, TimeSpan end, int index)
    {
        var top = index * Row;
        var (from, width) = (before / end, (phase.At - before) / end);
        html.Element("text", phase.Name, ("x", "0"), ("y", Number(top + 14)));
        html.Element(
            "text",
            $"+{TerminalText.Time(phase.At - before)} · {TerminalText.Time(phase.At)}",
            ("class", "at"),
            ("x", "100%"),
            ("y", Number(top + 14)),
            ("text-anchor", "end")
        );
        html.Open(
                "rect",
                ("class", "track"),
                ("x", "0"),
                ("y", Number(top + 21)),
                ("width", "100%"),
                ("height", "9"),
                ("rx", "4.5")
            )
            .Close();
        html.Open(
                "rect",
                ("class", $"c{index % Colours}"),
                ("x", Percent(Math.Min(from, 0.992))),
                ("y", Number(top + 21)),
                ("width", Percent(Math.Max(width, 0.008))),
                ("height", "9"),
                ("rx", "4.5")
            )
            .Close();
        html.Line();
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
