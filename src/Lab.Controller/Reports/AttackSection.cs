using Lab.Controller.Live;
using Lab.Controller.Runs;
using Lab.Model.Runs;
using Lab.Scenarios;

namespace Lab.Controller.Reports;

/// <summary>The attack matrix: attack × stage, with what must refuse and what did.</summary>
internal static class AttackSection
{
    public static void Write(HtmlWriter html, RunRecord record)
    {
        if (record.Attacks.Count == 0)
        {
            return;
        }

        var stages = StagesOf(record);
        html.Element("h2", "Attack × stage").Line().Open("div", ("class", "card scroll"));
        html.Open("table", ("class", "matrix")).Open("thead").Open("tr");
        foreach (var title in (IEnumerable<string>)["Attack", .. stages, "Verdict"])
        {
            html.Element("th", title, ("scope", "col"));
        }

        html.Close().Close().Open("tbody").Line();
        foreach (var attack in record.Attacks)
        {
            WriteRow(html, attack, stages);
        }

        html.Close().Close().Close().Line();
    }

    /// <summary>The stages that refuse or should have, in the order of the chain.</summary>
    private static List<string> StagesOf(RunRecord record)
    {
        var chain = ScenarioCatalog
            .CreateScenarios()
            .SelectMany(scenario => scenario.Outline)
            .Select(stage => stage.Name)
            .ToList();
        return
        [
            .. record
                .Attacks.SelectMany(attack => (SeenRefusal?[])[attack.Expected, attack.Seen])
                .OfType<SeenRefusal>()
                .Select(refusal => refusal.Stage)
                .Distinct(StringComparer.Ordinal)
                .OrderBy(stage => chain.IndexOf(stage) is var place and >= 0 ? place : chain.Count),
        ];
    }

    private static void WriteRow(HtmlWriter html, AttackResult attack, IReadOnlyList<string> stages)
    {
        html.Open("tr", ("class", attack.Verdict.Word())).Open("th", ("scope", "row"));
        html.Element("a", attack.Name, ("href", EvidenceLink.To($"{attack.Folder}/{RunFolder.HtmlFile}")));
        html.Empty("br").Element("span", attack.Summary, ("class", "muted"));
        html.Empty("br").Element("span", attack.Class, ("class", "muted class")).Close();
        foreach (var stage in stages)
        {
            html.Open("td").Element("code", CodeAt(attack, stage)).Close();
        }

        html.Open("td").Sign(attack.Verdict).Text($" {attack.Verdict.Word()}").Empty("br");
        html.Element("span", $"{attack.Board}, {TerminalText.Time(attack.Duration)}", ("class", "muted"));
        if (attack.Detail.Length > 0)
        {
            html.Empty("br").Element("span", attack.Detail, ("class", "detail"));
        }

        html.Close().Close().Line();
    }

    private static string CodeAt(AttackResult attack, string stage)
    {
        var expected = attack.Expected.Stage == stage ? attack.Expected.Code : null;
        var seen = attack.Seen?.Stage == stage ? attack.Seen.Code : null;
        return expected == seen ? seen ?? "" : string.Join(", ", Tell("expected", expected).Concat(Tell("seen", seen)));
    }

    private static IEnumerable<string> Tell(string what, string? code) => code is null ? [] : [$"{what} {code}"];
}
