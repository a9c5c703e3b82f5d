using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>The evidence in the run's folder, and the facts of the run.</summary>
internal static class FileSection
{
    public static void Write(HtmlWriter html, RunRecord record, RunFolder folder)
    {
        // Those of a matrix's attacks are listed in their own reports.
        var files = folder
            .EvidenceFiles()
            .Where(file => file.Contains('/') && !file.StartsWith(RunFolder.Attacks + "/", StringComparison.Ordinal))
            .ToList();
        if (files.Count > 0)
        {
            html.Element("h2", "Evidence")
                .Line()
                .Open("div", ("class", "card scroll"))
                .Open("table", ("class", "files"))
                .Open("tbody")
                .Line();
            foreach (var file in files)
            {
                html.Open("tr").Open("td", ("class", "mono")).Element("a", file, ("href", EvidenceLink.To(file))).Close();
                html.Element("td", Size(new FileInfo(folder.PathOf(file)).Length), ("class", "num muted")).Close().Line();
            }

            html.Close().Close().Close().Line();
        }

        var facts = record.Facts.Where(fact => !fact.Key.StartsWith("attack.", StringComparison.Ordinal)).ToList();
        html.Element("h2", "Facts").Line().Open("dl", ("class", "facts card")).Line();
        foreach (var (name, value) in facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
        {
            html.Open("div").Element("dt", name).Element("dd", value).Close().Line();
        }

        html.Close().Line();
    }

    private static string Size(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1 << 20 => $"{bytes / 1024.0:0.0} KiB",
            _ => $"{bytes / 1048576.0:0.0} MiB",
        };
}
