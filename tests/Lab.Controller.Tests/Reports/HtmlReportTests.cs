using System.Text;
using System.Text.RegularExpressions;
using Lab.Controller.Reports;
using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Reports;

[TestFixture]
internal sealed class HtmlReportTests
{
    private const string Hostile =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover=\"alert(3)' javascript:alert(4)\u202e";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void The_report_shows_verdict_checks_phases_PCRs_and_console()
    {
        _folder.Write("boards/virt-1/console.log", "\u001b[1mU-Boot\u001b[0m 2023.01\r\n@hwlab {}\r\n");
        _folder.Write("boards/virt-1/console.times", $"{SampleRun.Start.ToUnixTimeMilliseconds() + 1500} 0 23\n");
        var html = Render(SampleRun.Failed);
        Assert.Multiple(() =>
        {
            Assert.That(html, Does.Contain("The board failed in stage attestation."));
            Assert.That(html, Does.Contain("PCR 8 differs"));
            Assert.That(html, Does.Contain("2 not as predicted"));
            Assert.That(html, Does.Contain("<svg"));
            Assert.That(html, Does.Contain("<i>1.500</i><b>U-Boot 2023.01</b>"));
            Assert.That(html, Does.Contain("href=\"./boards/virt-1/console.log\""));
        });
    }

    [Test]
    public void The_report_needs_no_other_file()
    {
        var html = Render(SampleRun.Passed);
        Assert.Multiple(() =>
        {
            Assert.That(html, Does.Contain("default-src &#39;none&#39;"));
            Assert.That(
                Regex.Matches(
                    html,
                    "(?:src|href)=\"(?!#|\\./|run.json|junit.xml|manifest.json)",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5)
                ),
                Is.Empty
            );
            Assert.That(html, Does.Not.Contain("http://").And.Not.Contain("https://").And.Not.Contain("@import"));
        });
    }

    [Test]
    public void Nothing_that_a_board_says_becomes_part_of_the_page()
    {
        _folder.Write("boards/virt-1/console.log", Hostile + "\n\u001b]0;" + Hostile + "\u0007after\n");
        var check = new CheckResult(Hostile, Verdict.Fail, Hostile, ["javascript:alert(1)", "//evil/" + Hostile]);
        var record = SampleRun.Passed with
        {
            Scenario = Hostile,
            Board = Hostile,
            Rig = Hostile,
            Stages = [SampleRun.Stage(Hostile, Verdict.Pass, Hostile, check)],
            Phases = [new BootPhase(Hostile, TimeSpan.FromSeconds(1))],
            Pcrs = [new PcrComparison(0, Hostile, Hostile, Hostile)],
            Facts = new Dictionary<string, string>(StringComparer.Ordinal) { [Hostile] = Hostile },
        };
        var html = Render(record);
        Assert.Multiple(() =>
        {
            Assert.That(Count(html, "<script"), Is.EqualTo(1));
            Assert.That(Count(html, "</script"), Is.EqualTo(1));
            Assert.That(html, Does.Not.Contain("<img").And.Not.Contain("\u202e"));
            Assert.That(html, Does.Not.Contain("\" onmouseover"));
            Assert.That(html, Does.Not.Contain("href=\"javascript:").And.Not.Contain("href=\"//"));
            Assert.That(html, Does.Contain("&lt;/script&gt;&lt;script&gt;alert(1)"));
        });
    }

    [Test]
    public void Any_bytes_make_a_page()
    {
        var random = new Random(11);
        var bytes = new byte[200_000];
        random.NextBytes(bytes);
        Directory.CreateDirectory(Path.Combine(_folder.Root, "boards/virt-1"));
        File.WriteAllBytes(Path.Combine(_folder.Root, "boards/virt-1/console.log"), bytes);
        var html = Render(SampleRun.Passed);
        Assert.Multiple(() =>
        {
            Assert.That(Count(html, "<script"), Is.EqualTo(1));
            Assert.That(
                html.EnumerateRunes()
                    .Any(rune => rune.Value is < 0x20 and not '\n' and not '\t' || rune.Value is > 0x7E and < 0xA0),
                Is.False
            );
        });
    }

    [Test]
    public void A_long_console_is_cut_at_its_beginning_and_says_so()
    {
        var text = new StringBuilder();
        for (var line = 0; line < ConsoleSection.MostLines + 10; line++)
        {
            text.Append(line).Append('\n');
        }

        _folder.Write("boards/virt-1/console.log", text.ToString());
        var html = Render(SampleRun.Passed);
        Assert.That(html, Does.Contain("the last part").And.Not.Contain("<b>9</b>").And.Contain("<b>20009</b>"));
    }

    private static int Count(string text, string part) =>
        (text.Length - text.Replace(part, "", StringComparison.OrdinalIgnoreCase).Length) / part.Length;

    private string Render(RunRecord record) => HtmlReport.Render(record, RunFolder.Open(_folder.Root));
}
