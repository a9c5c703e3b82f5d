using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>The PCRs as predicted from the artifacts and as quoted by the board.</summary>
internal static class PcrSection
{
    public static void Write(HtmlWriter html, RunRecord record)
    {
        if (record.Pcrs.Count == 0)
        {
            return;
        }

        var differing = record.Pcrs.Count(pcr => !pcr.IsMatch());
        html.Open("h2").Text("PCRs");
        html.Element("small", differing == 0 ? "all as predicted from the artifacts" : $"{differing} not as predicted")
            .Close()
            .Line();
        html.Open("div", ("class", "card scroll")).Open("table", ("class", "pcrs")).Open("thead").Open("tr");
        foreach (var title in (string[])["PCR", "", "Holds", "Predicted · quoted (SHA-256)"])
        {
            html.Element("th", title, ("scope", "col"));
        }

        html.Close().Close().Open("tbody").Line();
        foreach (var pcr in record.Pcrs.OrderBy(pcr => pcr.Index))
        {
            WriteRow(html, pcr);
        }

        html.Close().Close().Close().Line();
    }

    private static void WriteRow(HtmlWriter html, PcrComparison pcr)
    {
        var verdict = pcr.IsMatch() ? Verdict.Pass : Verdict.Fail;
        html.Open("tr", ("class", verdict.Word())).Element("td", $"{pcr.Index}", ("class", "num"));
        html.Open("td", ("class", "match")).Sign(verdict).Close().Element("td", pcr.Meaning);
        if (verdict == Verdict.Pass)
        {
            html.Element("td", pcr.Quoted!, ("class", "hash"), ("data-label", "predicted = quoted"));
        }
        else
        {
            html.Open("td", ("class", "hash")).Element("span", "predicted", ("class", "which")).Text(pcr.Predicted ?? "nothing");
            html.Empty("br").Element("span", "quoted", ("class", "which")).Text(pcr.Quoted ?? "nothing").Close();
        }

        html.Close().Line();
    }
}
