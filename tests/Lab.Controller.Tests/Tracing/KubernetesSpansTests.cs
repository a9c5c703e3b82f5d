using System.Text.Json;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using NUnit.Framework;

namespace Lab.Controller.Tests.Tracing;

[TestFixture]
internal sealed class KubernetesSpansTests
{
    private const string Trace = "0192fd8fbc1723a7b015522c8661d051";
    private const string Root = "00000000000000aa";

    [Test]
    public void A_span_is_an_event_below_what_was_done_to_its_object_or_owner()
    {
        var spans = KubernetesSpans.Of(SampleCluster.Rollout, Trace, Root);
        Assert.That(
            Tree(spans),
            Is.EquivalentTo(
                (string[])
                    [
                        "GitRepository.Apply < run",
                        "Kustomization.Apply < GitRepository.Apply",
                        "Kustomization.Progressing < Kustomization.Apply",
                        "Deployment.Apply < Kustomization.Progressing",
                        "Deployment.ScalingReplicaSet < Deployment.Apply",
                        "ReplicaSet.SuccessfulCreate < Deployment.ScalingReplicaSet",
                        "ReplicaSet.SuccessfulCreate < Deployment.ScalingReplicaSet",
                        "Pod.Scheduled < ReplicaSet.SuccessfulCreate",
                        "Pod.Pulling < ReplicaSet.SuccessfulCreate",
                        "Pod.Pulled < ReplicaSet.SuccessfulCreate",
                        "Pod.Started < ReplicaSet.SuccessfulCreate",
                        "Pod.Failed < ReplicaSet.SuccessfulCreate",
                    ]
            )
        );
    }

    [Test]
    public void Each_pods_events_are_below_its_own_creation()
    {
        var spans = KubernetesSpans.Of(SampleCluster.Rollout, Trace, Root);
        var failed = Find(spans, "Pod.Failed");
        var created = spans.Single(span => span.Span.SpanId == failed.Span.ParentSpanId);
        Assert.That(created.Subject.Name, Is.EqualTo("hello-7d4b-bbbbb"));
    }

    [Test]
    public void An_event_that_is_not_Normal_is_an_error_with_its_message()
    {
        var spans = KubernetesSpans.Of(SampleCluster.Rollout, Trace, Root);
        var failed = Find(spans, "Pod.Failed").Span;
        Assert.Multiple(() =>
        {
            Assert.That(failed.Status, Is.EqualTo(SpanStatus.Error));
            Assert.That(failed.StatusMessage, Does.StartWith("Failed to pull image"));
            Assert.That(Text(failed, "error.type"), Is.EqualTo("Failed"));
            Assert.That(Text(failed, "k8s.pod.name"), Is.EqualTo("hello-7d4b-bbbbb"));
            Assert.That(spans.Count(span => span.Span.Status == SpanStatus.Error), Is.EqualTo(1));
        });
    }

    [Test]
    public void A_span_lasts_until_the_next_of_its_object_and_a_parent_as_long_as_its_children()
    {
        var spans = KubernetesSpans.Of(SampleCluster.Rollout, Trace, Root);
        Assert.Multiple(() =>
        {
            Assert.That(Seconds(Find(spans, "Pod.Pulling").Span), Is.EqualTo((22.0, 24.0)));
            Assert.That(Seconds(Find(spans, "Pod.Failed").Span), Is.EqualTo((23.0, 27.0)));
            Assert.That(Seconds(Find(spans, "Deployment.Apply").Span), Is.EqualTo((21.0, 27.0)));
            Assert.That(Seconds(Find(spans, "Pod.Scheduled").Span).From, Is.EqualTo(21.75));
        });
    }

    [Test]
    public void All_are_in_the_runs_trace_and_name_the_one_that_kspan_would_give()
    {
        var spans = KubernetesSpans.Of(SampleCluster.Rollout, Trace, Root);
        var pod = Find(spans, "Pod.Started").Span;
        Assert.Multiple(() =>
        {
            Assert.That(spans.Select(span => span.Span.TraceId), Is.All.EqualTo(Trace));
            // Of the Deployment's second generation, which nobody owns.
            Assert.That(Text(pod, "kspan.trace_id"), Is.EqualTo(KspanIds.Trace("uid-hello", 2)));
            Assert.That(pod.Links.Single().TraceId, Is.EqualTo(KspanIds.Trace("uid-hello", 2)));
            Assert.That(Find(spans, "Deployment.Apply").Span.SpanId, Is.EqualTo(KspanIds.Object("uid-hello", 2)));
            Assert.That(Find(spans, "Pod.Started").Workload, Is.EqualTo(new ObjectKey("Deployment", "fleet", "hello")));
        });
    }

    [Test]
    public void A_change_of_the_owner_begins_a_trace_of_its_own()
    {
        var records = new KubernetesRecords(
            [
                SampleCluster.Event("Deployment", "web", "ScalingReplicaSet", 10, "c", "Scaled up replica set web-1 to 1"),
                SampleCluster.Event("Deployment", "web", "ScalingReplicaSet", 40, "c", "Scaled up replica set web-2 to 1"),
            ],
            [
                SampleCluster.Object("Deployment", "web", generation: 1, updated: 9),
                SampleCluster.Object("Deployment", "web", generation: 2, updated: 39),
            ]
        );
        var spans = KubernetesSpans.Of(records, Trace, Root);
        Assert.Multiple(() =>
        {
            Assert.That(spans.Count(span => span.Span.Name == "Deployment.Apply"), Is.EqualTo(2));
            Assert.That(
                spans.Where(span => span.Happened is not null).Select(span => Text(span.Span, "kspan.trace_id")),
                Is.EqualTo((string[])[KspanIds.Trace("uid-web", 1), KspanIds.Trace("uid-web", 2)])
            );
        });
    }

    [Test]
    public void An_event_of_which_the_object_is_unknown_is_below_the_run()
    {
        var records = new KubernetesRecords([SampleCluster.Event("Node", "virt-1", "NodeReady", 9, "kubelet", "")], []);
        Assert.That(Tree(KubernetesSpans.Of(records, Trace, Root)), Is.EqualTo((string[])["Node.NodeReady < run"]));
    }

    [Test]
    public void Objects_that_own_each_other_make_a_tree_all_the_same()
    {
        var records = new KubernetesRecords(
            [
                SampleCluster.Event("A", "a", "One", 10, "c", ""),
                SampleCluster.Event("B", "b", "Two", 10, "c", ""),
                SampleCluster.Event("C", "c", "Three", 10, "c", ""),
            ],
            [
                SampleCluster.Object("A", "a", owner: ("B", "b")),
                SampleCluster.Object("B", "b", owner: ("C", "c")),
                SampleCluster.Object("C", "c", owner: ("A", "a")),
            ]
        );
        AssertIsTree(KubernetesSpans.Of(records, Trace, Root));
    }

    [Test]
    public void Objects_that_claim_one_UID_have_spans_of_their_own()
    {
        var records = new KubernetesRecords(
            [SampleCluster.Event("Kustomization", "x", "Progressing", 20, "c", "")],
            [
                SampleCluster.Object("Kustomization", "x", spec: "\"sourceRef\":{\"kind\":\"GitRepository\",\"name\":\"x\"}"),
                SampleCluster.Object("GitRepository", "x"),
            ]
        );
        var spans = KubernetesSpans.Of(records, Trace, Root);
        AssertIsTree(spans);
        Assert.That(spans, Has.Count.EqualTo(3));
    }

    private static readonly string[] Hostile =
    [
        "null",
        "7",
        "[]",
        "{}",
        """{"involvedObject":null,"metadata":[],"source":"x"}""",
        """{"involvedObject":{"name":"x"}}""",
        """{"involvedObject":{"name":"x","kind":5},"lastTimestamp":"yesterday"}""",
        """{"involvedObject":{"name":"x"},"lastTimestamp":"9999-12-31T23:59:59Z","firstTimestamp":"0001-01-01T00:00:00Z"}""",
        """{"involvedObject":{"name":"x"},"eventTime":"2026-03-01T12:00:00Z","count":1e99,"message":{},"reason":7,"type":false}""",
        """{"involvedObject":{"name":"\ud800"},"eventTime":"2026-03-01T12:00:00Z"}""",
        """{"kind":"Pod","metadata":{"name":"x","ownerReferences":[null,{},{"name":"x","kind":"Pod","controller":true}],"managedFields":[{"time":"x","fieldsV1":{"f:spec":{}}}]}}""",
        """{"kind":"Pod","metadata":{"name":"x","generation":-1,"labels":{"kustomize.toolkit.fluxcd.io/name":"x"}},"spec":{"sourceRef":[]}}""",
        """{"kind":"Kustomization","metadata":{"name":"x","labels":{"kustomize.toolkit.fluxcd.io/name":"x"}}}""",
        """{"involvedObject":{"name":"x","kind":"Kustomization"},"eventTime":"2026-03-01T12:00:00Z"}""",
        """{"involvedObject":{"name":"d","kind":"Deployment"},"eventTime":"2026-03-01T12:00:00Z","message":"Scaled replica set ../../x to"}""",
    ];

    [Test]
    public void Nonsense_is_passed_over()
    {
        var all = Hostile.Select(SampleCluster.Json).ToList();
        var spans = KubernetesSpans.Of(new KubernetesRecords(all, all), Trace, Root);
        AssertIsTree(spans);
        Assert.That(
            () => Lab.Controller.Tracing.Otlp.OtlpJson.Write([new ResourceSpans([], [.. spans.Select(span => span.Span)])]),
            Throws.Nothing
        );
    }

    [Test]
    public void Whatever_is_changed_in_what_a_cluster_says_it_stays_a_tree()
    {
        var random = new Random(3);
        var all = SampleCluster.Rollout.Events.Concat(SampleCluster.Rollout.Objects).Select(item => item.GetRawText()).ToList();
        for (var round = 0; round < 300; round++)
        {
            var mutated = all.Select(text => Mutate(text, random)).OfType<JsonElement>().ToList();
            AssertIsTree(KubernetesSpans.Of(new KubernetesRecords(mutated, mutated), Trace, Root));
        }
    }

    [Test]
    public void A_flood_of_events_is_cut()
    {
        var flood = Enumerable
            .Range(0, KubernetesSpans.MostEvents + 50)
            .Select(number => SampleCluster.Event("Pod", $"p{number % 7}", "BackOff", number % 60, "kubelet", $"{number}"))
            .ToList();
        Assert.That(
            KubernetesSpans.Of(new KubernetesRecords(flood, []), Trace, Root),
            Has.Count.EqualTo(KubernetesSpans.MostEvents)
        );
    }

    /// <summary>Replaces a text of the JSON by another one of it, so that names and kinds point at each other wildly.</summary>
    private static JsonElement? Mutate(string text, Random random)
    {
        var parts = text.Split('"');
        var (to, from) = (random.Next(parts.Length / 2) * 2 + 1, random.Next(parts.Length / 2) * 2 + 1);
        if (from < parts.Length && to < parts.Length)
        {
            parts[to] = parts[from];
        }

        try
        {
            return SampleCluster.Json(string.Join('"', parts));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void AssertIsTree(IReadOnlyList<KubernetesSpan> spans)
    {
        var byId = spans.ToDictionary(span => span.Span.SpanId, span => span.Span, StringComparer.Ordinal);
        foreach (var span in byId.Values)
        {
            var above = span;
            for (var steps = 0; above.ParentSpanId != Root; steps++)
            {
                Assert.That(byId.TryGetValue(above.ParentSpanId!, out var parent), Is.True, "a parent is missing");
                Assert.That(steps, Is.LessThan(spans.Count), "the spans go in a circle");
                above = parent!;
            }

            Assert.That(span.End, Is.GreaterThanOrEqualTo(span.Start));
        }
    }

    private static IEnumerable<string> Tree(IReadOnlyList<KubernetesSpan> spans) =>
        spans.Select(span =>
            $"{span.Span.Name} < {(span.Span.ParentSpanId == Root ? "run" : spans.Single(other => other.Span.SpanId == span.Span.ParentSpanId).Span.Name)}"
        );

    private static KubernetesSpan Find(IReadOnlyList<KubernetesSpan> spans, string name) =>
        spans.Single(span => span.Span.Name == name);

    private static string? Text(Span span, string key) => span.Attributes.FirstOrDefault(attribute => attribute.Key == key)?.Text;

    private static (double From, double To) Seconds(Span span) =>
        ((span.Start - SampleRun.Start).TotalSeconds, (span.End - SampleRun.Start).TotalSeconds);
}
