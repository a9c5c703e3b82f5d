using Lab.Controller.Live;
using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>The stages with their checks, each with what it rests on.</summary>
internal static class StageSection
{
    public static void Write(HtmlWriter html, RunRecord record)
    {
        html.Element("h2", "Stages and checks").Line();
        for (var index = 0; index < record.Stages.Count; index++)
        {
            WriteStage(html, record.Stages[index], index);
        }
    }

    private static void WriteStage(HtmlWriter html, StageResult stage, int index)
    {
        html.Open("details", ("class", $"stage card {stage.Verdict.Word()}"), ("id", $"stage-{index}"), ("open", ""));
        html.Open("summary").Sign(stage.Verdict).Text(stage.Name);
        html.Element("span", $"{Count(stage)}{TerminalText.Time(stage.Duration)}", ("class", "muted")).Close().Line();
        if (stage.Error is { } error)
        {
            html.Open("div", ("class", $"error {stage.Verdict.Word()}")).Element("pre", error).Close().Line();
        }

        html.Open("ul", ("class", "checks")).Line();
        foreach (var check in stage.Checks)
        {
            WriteCheck(html, check);
        }

        html.Close().Close().Line();
    }

    private static void WriteCheck(HtmlWriter html, CheckResult check)
    {
        html.Open("li", ("class", check.Verdict.Word())).Sign(check.Verdict);
        html.Element("span", check.Name, ("class", "name")).Open("span", ("class", "evidence"));
        foreach (var file in check.Evidence)
        {
            EvidenceLink.Write(html, file);
            html.Text(" ");
        }

        html.Close();
        if (check.Detail.Length > 0)
        {
            html.Element("span", check.Detail, ("class", "detail"));
        }

        html.Close().Line();
    }

    private static string Count(StageResult stage) =>
        stage.Checks.Count == 0 ? ""
        : stage.Checks.All(check => check.Verdict == Verdict.Pass) ? $"{stage.Checks.Count} checks · "
        : $"{stage.Checks.Count(check => check.Verdict == Verdict.Pass)} of {stage.Checks.Count} checks hold · ";
}
