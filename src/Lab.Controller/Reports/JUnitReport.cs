using System.Globalization;
using System.Text;
using System.Xml;
using Lab.Controller.Runs;
using Lab.Model.Runs;

namespace Lab.Controller.Reports;

/// <summary>
/// The report for CI servers: JUnit XML in the form that their readers share. A suite a stage, a case a check; a board's failure is a
/// <c>failure</c>, the lab's an <c>error</c>, and what was not tried is <c>skipped</c>.
/// </summary>
public static class JUnitReport
{
    /// <summary>The report as XML text.</summary>
    public static string Render(RunRecord record)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(new Utf8Writer(text), new XmlWriterSettings { Indent = true, NewLineChars = "\n" }))
        {
            var suites = record.Stages.Select(stage => (Stage: stage, Cases: CasesOf(stage))).ToList();
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString(
                "name",
                Clean($"hwlab {record.Scenario}" + (record.Attack is null ? "" : $" under attack {record.Attack}"))
            );
            WriteCounts(xml, [.. suites.SelectMany(suite => suite.Cases)], record.Duration);
            foreach (var (stage, cases) in suites)
            {
                WriteSuite(xml, record, stage, cases);
            }

            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void WriteSuite(XmlWriter xml, RunRecord record, StageResult stage, IReadOnlyList<Case> cases)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(stage.Name));
        WriteCounts(xml, cases, stage.Duration);
        xml.WriteAttributeString(
            "timestamp",
            stage.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)
        );
        xml.WriteAttributeString("hostname", Clean($"{record.Rig}/{record.Board}"));
        foreach (var testCase in cases)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", Clean($"hwlab.{record.Scenario}.{stage.Name}"));
            xml.WriteAttributeString("name", Clean(testCase.Name));
            xml.WriteAttributeString("time", Seconds(testCase.Duration));
            WriteOutcome(xml, testCase);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteOutcome(XmlWriter xml, Case testCase)
    {
        var element = testCase.Verdict switch
        {
            Verdict.Fail => "failure",
            Verdict.LabError => "error",
            Verdict.Skipped => "skipped",
            _ => null,
        };
        if (element is null)
        {
            return;
        }

        xml.WriteStartElement(element);
        xml.WriteAttributeString("message", Clean(testCase.Detail.Split('\n')[0]));
        if (testCase.Verdict != Verdict.Skipped)
        {
            xml.WriteAttributeString("type", testCase.Verdict.Word());
            xml.WriteString(Clean(testCase.Detail + testCase.Evidence));
        }

        xml.WriteEndElement();
    }

    /// <summary>A stage's checks, and a case of its own for what ended it: a stage without either would be lost.</summary>
    private static List<Case> CasesOf(StageResult stage)
    {
        var cases = stage
            .Checks.Select(check => new Case(
                check.Name,
                check.Verdict,
                check.Detail,
                check.Evidence.Count == 0 ? "" : $"\nevidence: {string.Join(", ", check.Evidence)}",
                TimeSpan.Zero
            ))
            .ToList();
        if (stage.Error is not null || cases.Count == 0)
        {
            cases.Add(new Case(stage.Name, stage.Verdict, stage.Error ?? "", "", stage.Duration));
        }

        return cases;
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<Case> cases, TimeSpan duration)
    {
        xml.WriteAttributeString("tests", $"{cases.Count}");
        xml.WriteAttributeString("failures", $"{cases.Count(item => item.Verdict == Verdict.Fail)}");
        xml.WriteAttributeString("errors", $"{cases.Count(item => item.Verdict == Verdict.LabError)}");
        xml.WriteAttributeString("skipped", $"{cases.Count(item => item.Verdict == Verdict.Skipped)}");
        xml.WriteAttributeString("time", Seconds(duration));
    }

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>XML 1.0 has no way to write most control characters: they are shown by their Unicode pictures or as U+FFFD.</summary>
    private static string Clean(string text) => PrintableText.Of(text);

    private sealed record Case(string Name, Verdict Verdict, string Detail, string Evidence, TimeSpan Duration);

    // The declaration must name the encoding that the file is written in, and a StringWriter says UTF-16.
    private sealed class Utf8Writer(StringBuilder text) : StringWriter(text, CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
