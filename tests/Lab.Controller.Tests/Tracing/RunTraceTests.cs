using System.Text.Json;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using Lab.Controller.Tracing.Otlp;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Tracing;

[TestFixture]
internal sealed class RunTraceTests
{
    private static readonly RunRecord Fleet = SampleRun.Fleet;

    [Test]
    public void The_run_is_the_root_and_stages_boots_and_the_cluster_are_below_it()
    {
        var spans = Spans(Fleet, SampleCluster.Rollout);
        var root = spans.Single(span => span.ParentSpanId is null);
        Assert.Multiple(() =>
        {
            Assert.That(root.Name, Is.EqualTo("RUN fleet"));
            Assert.That(root.TraceId, Is.EqualTo(TraceIds.OfRun(Fleet.Id)));
            Assert.That(
                spans.Where(span => span.ParentSpanId == root.SpanId).Select(span => span.Name),
                Is.EqualTo(
                    (string[])
                        ["prepare", "netboot", "attestation", "boot virt-1", "boot virt-2", "boot virt-2", "GitRepository.Apply"]
                )
            );
            Assert.That(spans.Select(span => span.SpanId), Is.Unique);
            Assert.That(spans.Select(span => span.TraceId), Is.All.EqualTo(root.TraceId));
        });
    }

    [Test]
    public void A_phase_lasts_from_the_moment_before_to_its_own()
    {
        var spans = Spans(Fleet, KubernetesRecords.None);
        var boots = spans.Where(span => span.Name == "boot virt-2").Select(span => span.SpanId).ToList();
        Assert.That(
            spans.Where(span => boots.Contains(span.ParentSpanId!)).Select(span => (span.Name, Seconds(span))),
            Is.EqualTo((object[])[("firmware", (1.5, 2.0)), ("joined", (2.0, 16.0)), ("firmware", (30.0, 31.0))])
        );
    }

    [Test]
    public void Checks_are_events_of_their_stage_at_the_time_they_were_made()
    {
        var made = SampleRun.Start.AddSeconds(1.25);
        var check = Fleet.Stages[0].Checks[0];
        RunEvent[] events =
        [
            new RunEvent.StageStarted(SampleRun.Start, "netboot"),
            new RunEvent.CheckMade(made, "netboot", check),
            new RunEvent.StageEnded(SampleRun.Start, Fleet.Stages[0]),
        ];
        var stage = RunTrace.Of(Fleet, events, KubernetesRecords.None)[0].Spans.Single(span => span.Name == "netboot");
        Assert.Multiple(() =>
        {
            Assert.That(stage.Events.Single().At, Is.EqualTo(made));
            Assert.That(Text(stage.Events.Single().Attributes, "test.case.name"), Is.EqualTo(check.Name));
            Assert.That(Text(stage.Events.Single().Attributes, "test.case.result.status"), Is.EqualTo("pass"));
            Assert.That(Text(stage.Attributes, "test.suite.name"), Is.EqualTo("netboot"));
            Assert.That(Text(stage.Attributes, "test.suite.run.status"), Is.EqualTo("success"));
            Assert.That(Text(stage.Attributes, "cicd.pipeline.task.run.result"), Is.EqualTo("success"));
            Assert.That(stage.Status, Is.EqualTo(SpanStatus.Ok));
        });
    }

    private static IEnumerable<TestCaseData> Verdicts =>
        [
            new TestCaseData(SampleRun.Passed, "success", "success", SpanStatus.Ok).SetArgDisplayNames("pass"),
            new TestCaseData(SampleRun.Failed, "failure", "failure", SpanStatus.Error).SetArgDisplayNames("fail"),
            new TestCaseData(SampleRun.LabFault, "error", "aborted", SpanStatus.Error).SetArgDisplayNames("lab-error"),
            new TestCaseData(SampleRun.Skipped, "skip", "skipped", SpanStatus.Unset).SetArgDisplayNames("skipped"),
        ];

    [TestCaseSource(nameof(Verdicts))]
    public void Verdicts_are_said_in_the_words_of_the_conventions(RunRecord record, string result, string suite, object status)
    {
        var spans = RunTrace.Of(record, [], KubernetesRecords.None)[0].Spans;
        Assert.Multiple(() =>
        {
            Assert.That(Text(spans[0].Attributes, "cicd.pipeline.result"), Is.EqualTo(result));
            Assert.That(Text(spans[^1].Attributes, "test.suite.run.status"), Is.EqualTo(suite));
            Assert.That(spans[0].Status, Is.EqualTo(status));
            Assert.That(
                Text(spans[0].Attributes, "error.type"),
                Is.EqualTo((SpanStatus)status == SpanStatus.Error ? (suite == "failure" ? "fail" : "lab-error") : null)
            );
        });
    }

    [Test]
    public void The_file_is_OTLP_in_JSON()
    {
        using var json = JsonDocument.Parse(OtlpJson.Write(RunTrace.Of(Fleet, [], SampleCluster.Rollout)));
        var groups = json.RootElement.GetProperty("resourceSpans").EnumerateArray().ToList();
        var root = groups[0].GetProperty("scopeSpans")[0].GetProperty("spans")[0];
        Assert.Multiple(() =>
        {
            Assert.That(
                groups.Select(group => Value(group.GetProperty("resource"), "service.name")),
                Is.SupersetOf((string[])["hwlab", "virt-1", "virt-2", "kubelet", "default-scheduler", "kustomize-controller"])
            );
            Assert.That(root.GetProperty("traceId").GetString(), Does.Match("^[0-9a-f]{32}$"));
            Assert.That(root.GetProperty("spanId").GetString(), Does.Match("^[0-9a-f]{16}$"));
            Assert.That(root.TryGetProperty("parentSpanId", out _), Is.False);
            Assert.That(root.GetProperty("kind").GetInt32(), Is.EqualTo(2));
            Assert.That(root.GetProperty("startTimeUnixNano").GetString(), Is.EqualTo("1772366400000000000"));
            Assert.That(root.GetProperty("status").GetProperty("code").GetInt32(), Is.EqualTo(1));
            Assert.That(Value(root, "cicd.pipeline.run.id"), Is.EqualTo(Fleet.Id));
        });
    }

    [Test]
    public void Times_and_texts_at_the_ends_of_the_world_can_be_written()
    {
        var record = Fleet with
        {
            Id = "../../\ud800",
            Scenario = "a\ud800b\u0000",
            StartedAt = DateTimeOffset.MaxValue,
            Duration = TimeSpan.MaxValue,
            Phases = [new BootPhase("", TimeSpan.MinValue), new BootPhase("x", TimeSpan.MaxValue) { Board = "" }],
            Stages = [Fleet.Stages[0] with { StartedAt = DateTimeOffset.MinValue, Duration = TimeSpan.MinValue }],
        };
        using var json = JsonDocument.Parse(OtlpJson.Write(RunTrace.Of(record, [], KubernetesRecords.None)));
        Assert.That(OtlpJson.Nanoseconds(DateTimeOffset.MaxValue), Is.EqualTo(ulong.MaxValue.ToString()));
        Assert.That(OtlpJson.Nanoseconds(DateTimeOffset.MinValue), Is.EqualTo("0"));
    }

    private static List<Span> Spans(RunRecord record, KubernetesRecords cluster) =>
        [.. RunTrace.Of(record, [], cluster).SelectMany(group => group.Spans)];

    private static string? Text(IReadOnlyList<SpanAttribute> attributes, string key) =>
        attributes.FirstOrDefault(attribute => attribute.Key == key)?.Text;

    private static string? Value(JsonElement owner, string key) =>
        owner
            .GetProperty("attributes")
            .EnumerateArray()
            .Single(attribute => attribute.GetProperty("key").GetString() == key)
            .GetProperty("value")
            .GetProperty("stringValue")
            .GetString();

    private static (double From, double To) Seconds(Span span) =>
        ((span.Start - SampleRun.Start).TotalSeconds, (span.End - SampleRun.Start).TotalSeconds);
}
