using System.Security.Cryptography;
using System.Text;
using Lab.Controller.Live;
using Lab.Controller.Runs;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>
/// The report for reading: one file that needs nothing else. What boards say is encoded, and a content security policy lets only the
/// report's own style and script take effect, so that nothing in a console log can act in the reader's browser.
/// </summary>
public static class HtmlReport
{
    /// <summary>The report of a run.</summary>
    /// <param name="record">The record.</param>
    /// <param name="folder">The run's folder, for its evidence.</param>
    public static string Render(RunRecord record, RunFolder folder)
    {
        var (style, script) = (Resource("report.css"), Resource("report.js"));
        var html = new HtmlWriter();
        html.Open("html", ("lang", "en")).Open("head").Empty("meta", ("charset", "utf-8"));
        html.Empty(
            "meta",
            ("http-equiv", "Content-Security-Policy"),
            (
                "content",
                $"default-src 'none'; style-src {Hash(style)}; script-src {Hash(script)}; base-uri 'none'; form-action 'none'"
            )
        );
        html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Element("title", $"{record.Verdict.Word()}: {Subject(record)} on {record.Board}").Line();
        html.Own("style", style).Close().Line().Open("body").Line();
        WriteHero(html, record);
        html.Open("main").Line();
        AttackSection.Write(html, record);
        TimelineSection.Write(html, record, KubernetesSpans.Of(KubernetesEventsFile.Read(folder), TraceIds.OfRun(record.Id), ""));
        StageSection.Write(html, record);
        PcrSection.Write(html, record);
        ConsoleSection.Write(html, record, folder);
        FileSection.Write(html, record, folder);
        WriteFooter(html, record);
        html.Close().Line().Own("script", script).Close().Close();
        return html.ToString();
    }

    /// <summary>A verdict's sign in its coloured disc; the colour comes from the class of an element around it.</summary>
    internal static HtmlWriter Sign(this HtmlWriter html, Verdict verdict) =>
        html.Element("span", SignOf(verdict), ("class", "sign"), ("role", "img"), ("aria-label", verdict.Word()));

    private static void WriteHero(HtmlWriter html, RunRecord record)
    {
        html.Open("header", ("class", $"hero {record.Verdict.Word()}")).Open("main").Line();
        html.Element("div", $"HwLab run {record.Id}", ("class", "eyebrow mono"));
        html.Open("div", ("class", "headline")).Element("h1", Subject(record));
        html.Open("span", ("class", "badge")).Sign(record.Verdict).Text(record.Verdict.Word()).Close().Close().Line();
        html.Element("p", Lead(record), ("class", "lead")).Line();
        html.Open("dl", ("class", "facts card"));
        WriteFact(html, "Board", $"{record.Board} of {record.Rig}");
        WriteFact(html, "Started", $"{record.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        WriteFact(html, "Took", TerminalText.Time(record.Duration));
        var checks = record.Stages.SelectMany(stage => stage.Checks).ToList();
        WriteFact(html, "Checks", $"{checks.Count(check => check.Verdict == Verdict.Pass)} of {checks.Count} hold");
        html.Close().Line().Open("ol", ("class", "steps"));
        for (var index = 0; index < record.Stages.Count; index++)
        {
            var stage = record.Stages[index];
            html.Open("li", ("class", stage.Verdict.Word()))
                .Open("a", ("href", $"#stage-{index}"))
                .Sign(stage.Verdict)
                .Text(stage.Name);
            html.Element("span", TerminalText.Time(stage.Duration), ("class", "muted")).Close().Close();
        }

        html.Close().Line();
        WriteAttack(html, record);
        if (
            record.Stages.FirstOrDefault(stage => stage.Verdict == record.Verdict && stage.Error is not null) is
            { Error: { } error }
        )
        {
            html.Open("div", ("class", "note card")).Element("h3", "What happened").Element("pre", error).Close().Line();
        }

        html.Close().Close().Line();
    }

    private static void WriteAttack(HtmlWriter html, RunRecord record)
    {
        if (record.Attack is null || !record.Facts.TryGetValue("attack.summary", out var summary))
        {
            return;
        }

        html.Open("div", ("class", "note card")).Element("h3", $"Attack: {record.Attack}").Open("p").Text(summary + ". ");
        html.Text("The chain must refuse at ").Element("b", record.Facts.GetValueOrDefault("attack.refusing-stage", "?"));
        html.Text(" with ").Element("code", record.Facts.GetValueOrDefault("attack.refusal-code", "?"));
        html.Text($" ({record.Facts.GetValueOrDefault("attack.class", "unclassified")}).").Close().Close().Line();
    }

    private static void WriteFact(HtmlWriter html, string name, string value) =>
        html.Open("div").Element("dt", name).Element("dd", value).Close();

    private static void WriteFooter(HtmlWriter html, RunRecord record)
    {
        html.Open("footer").Text($"Written by HwLab {record.Facts.GetValueOrDefault("hwlab", "")}. The same in ");
        html.Element("a", RunFolder.RecordFile, ("href", RunFolder.RecordFile)).Text(" for machines, ");
        html.Element("a", RunFolder.JUnitFile, ("href", RunFolder.JUnitFile)).Text(" for CI servers, ");
        EvidenceLink.Write(html, RunFolder.TraceFile);
        html.Text(" for OpenTelemetry; ");
        html.Element("a", RunFolder.ManifestFile, ("href", RunFolder.ManifestFile)).Text(" has the hashes.").Close().Line();
    }

    private static string Subject(RunRecord record) =>
        record.Attack is null ? record.Scenario : $"{record.Scenario} under attack {record.Attack}";

    private static string Lead(RunRecord record)
    {
        var stage = record.Stages.FirstOrDefault(stage => stage.Verdict == record.Verdict)?.Name ?? "?";
        return record.Verdict switch
        {
            Verdict.Pass when record.Attacks.Count > 0 => "Every attack was refused, where and as it must be.",
            Verdict.Fail when record.Attacks.Count > 0 =>
                $"Not refused as it must be: {string.Join(", ", record.Attacks.Where(one => one.Verdict == Verdict.Fail).Select(one => one.Name))}.",
            Verdict.Pass when record.Attack is not null => "The chain refused what was tampered with, where and as it must.",
            Verdict.Pass => "Every check of every stage holds.",
            Verdict.Fail => $"The board failed in stage {stage}.",
            Verdict.Skipped => $"Stage {stage} was not tried, because the board or the rig lacks something it needs.",
            _ => $"The lab failed in stage {stage}: nothing is said about the board.",
        };
    }

    private static string SignOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Pass => "✓",
            Verdict.Fail => "✕",
            Verdict.Skipped => "–",
            _ => "!",
        };

    private static string Hash(string source) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(source)))}'";

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
