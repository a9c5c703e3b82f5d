using System.Globalization;
using System.Text;
using Lab.Controller.Runs;
using Lab.Controller.Tracing;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>The board's console, line by line with times, to be searched.</summary>
internal static class ConsoleSection
{
    /// <summary>The most lines that are shown, the last ones.</summary>
    public const int MostLines = 20_000;

    // Lines in which the programs on the board say how far they are.
    private const string Ours = "@hwlab ";

    public static void Write(HtmlWriter html, RunRecord record, RunFolder folder)
    {
        foreach (var log in folder.EvidenceFiles().Where(file => file.EndsWith("console.log", StringComparison.Ordinal)))
        {
            WriteConsole(html, record, folder, log);
        }
    }

    private static void WriteConsole(HtmlWriter html, RunRecord record, RunFolder folder, string log)
    {
        var times = folder.TryRead(ConsoleRecording.TimesOf(log)) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;
        var lines = ConsoleTranscript.Read(folder.TryRead(log) ?? [], times, out var isCut);
        isCut |= lines.Count > MostLines;
        var board = Path.GetFileName(Path.GetDirectoryName(log))!;
        html.Open("h2").Text($"Console of {board}").Open("small");
        html.Text(isCut ? "the last part; all of it in " : $"{lines.Count} lines; as it came in ");
        EvidenceLink.Write(html, log);
        html.Close().Close().Line().Open("div", ("class", "console card"));
        html.Open("div", ("class", "bar"));
        html.Empty("input", ("type", "search"), ("placeholder", "Search the console"), ("aria-label", "Search the console"));
        html.Open("label").Empty("input", ("type", "checkbox")).Text("only lines found").Close();
        html.Element("output", "").Close().Line();
        html.Open("div", ("class", "lines"), ("tabindex", "0")).Line();
        var zero = RunTrace.PowerOn(record);
        foreach (var line in lines.TakeLast(MostLines))
        {
            html.Open("div", ("class", line.Text.Contains(Ours, StringComparison.Ordinal) ? "ours" : null));
            html.Element("i", line.At is { } at ? (at - zero).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) : "");
            html.Element("b", line.Text).Close().Line();
        }

        html.Close().Close().Line();
    }
}
