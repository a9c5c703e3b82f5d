using System.Text.RegularExpressions;
using Lab.Controller.Reports;
using Lab.Controller.Tests.Live;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Reports;

[TestFixture]
internal sealed class TimelineTests
{
    [Test]
    public void The_timeline_shows_stages_boards_and_workloads_in_one_drawing() =>
        Snapshot.Check("timeline-fleet", Draw(SampleRun.Fleet, SampleCluster.Rollout));

    [Test]
    public void An_image_that_cannot_be_pulled_is_red_and_says_why()
    {
        var html = Draw(SampleRun.Fleet, SampleCluster.Rollout);
        Assert.That(
            html,
            Does.Match("<g class=\"bad\"><title>[^<]*Failed to pull image[^<]*</title><text class=\"bad\"[^>]*>Failed")
        );
    }

    [Test]
    public void What_a_cluster_says_outside_of_the_run_is_not_drawn()
    {
        var late = new KubernetesRecords([SampleCluster.Event("Pod", "late", "Started", 9999, "kubelet", "")], []);
        Assert.That(Draw(SampleRun.Fleet, late), Does.Not.Contain("Pod late"));
    }

    [Test]
    public void Nothing_that_a_cluster_says_becomes_part_of_the_page()
    {
        const string hostile = "</svg><script>alert(1)</script>\" onload=\"alert(2)\u202e";
        var records = new KubernetesRecords(
            [
                SampleCluster.Event("Pod", hostile, hostile, 9, "kubelet", hostile, "Warning", hostile),
                SampleCluster.Event("Deployment", hostile, hostile, 9, hostile, hostile),
            ],
            []
        );
        var html = Draw(SampleRun.Fleet, records);
        Assert.That(
            html,
            Does.Contain("&lt;/svg&gt;").And.Not.Contain("<script").And.Not.Contain("\" onload").And.Not.Contain("\u202e")
        );
    }

    [Test]
    public void Every_bar_is_inside_of_the_drawing()
    {
        var record = SampleRun.Fleet with
        {
            Phases = [new BootPhase("early", TimeSpan.FromSeconds(-5)), new BootPhase("late", TimeSpan.FromDays(9999))],
        };
        var html = Draw(record, SampleCluster.Rollout);
        foreach (
            Match match in Regex.Matches(
                html,
                "x=\"(?<x>[0-9.]+)%\" y=\"[0-9]+\" width=\"(?<width>[0-9.]+)%\"",
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
        )
        {
            var (x, width) = (double.Parse(match.Groups["x"].Value), double.Parse(match.Groups["width"].Value));
            Assert.That(x + width, Is.InRange(0, 100.02));
        }
    }

    [Test]
    public void Without_boot_and_workloads_there_is_no_drawing() =>
        Assert.That(Draw(SampleRun.Skipped with { Phases = [] }, KubernetesRecords.None), Does.Not.Contain("<svg"));

    private static string Draw(RunRecord record, KubernetesRecords cluster)
    {
        var html = new HtmlWriter();
        TimelineSection.Write(html, record, KubernetesSpans.Of(cluster, new string('a', 32), "root"));
        return html.ToString();
    }
}
