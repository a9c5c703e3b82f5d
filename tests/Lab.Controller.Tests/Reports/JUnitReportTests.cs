using System.Xml.Linq;
using Lab.Controller.Reports;
using Lab.Controller.Tests.Samples;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Reports;

[TestFixture]
internal sealed class JUnitReportTests
{
    private static IEnumerable<TestCaseData> Runs =>
        [
            new TestCaseData(SampleRun.Passed, "2 0 0 0").SetArgDisplayNames("passed"),
            new TestCaseData(SampleRun.Failed, "3 2 0 0").SetArgDisplayNames("failed"),
            new TestCaseData(SampleRun.LabFault, "2 0 1 0").SetArgDisplayNames("lab-error"),
            new TestCaseData(SampleRun.Skipped, "1 0 0 1").SetArgDisplayNames("skipped"),
        ];

    [TestCaseSource(nameof(Runs))]
    public void Failures_errors_and_what_was_skipped_are_told_apart(RunRecord record, string counts)
    {
        var root = XDocument.Parse(JUnitReport.Render(record)).Root!;
        string[] names = ["tests", "failures", "errors", "skipped"];
        Assert.Multiple(() =>
        {
            Assert.That(string.Join(' ', names.Select(name => (string?)root.Attribute(name))), Is.EqualTo(counts));
            Assert.That(
                $"{root.Descendants("testcase").Count()} {root.Descendants("failure").Count()} {root.Descendants("error").Count()} {root.Descendants("skipped").Count()}",
                Is.EqualTo(counts)
            );
            Assert.That(
                root.Elements("testsuite").Sum(suite => (int)suite.Attribute("tests")!),
                Is.EqualTo((int)root.Attribute("tests")!)
            );
        });
    }

    [Test]
    public void The_file_says_that_it_is_UTF_8() =>
        Assert.That(JUnitReport.Render(SampleRun.Passed), Does.StartWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));

    [Test]
    public void Whatever_a_board_says_the_file_is_XML()
    {
        var hostile = "\0\u0001\u001b[31m\ud800]]><testcase/>\"&\uffff\u202e";
        var record = SampleRun.Passed with
        {
            Stages = [SampleRun.Stage("a" + hostile, Verdict.Fail, hostile, SampleRun.Check(hostile, Verdict.Fail, hostile))],
        };
        var root = XDocument.Parse(JUnitReport.Render(record)).Root!;
        Assert.That(root.Descendants("testcase").Count(), Is.EqualTo(2));
    }
}
