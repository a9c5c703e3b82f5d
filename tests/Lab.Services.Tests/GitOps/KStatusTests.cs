using System.Text.Json.Nodes;
using Lab.Services.GitOps.Health;

namespace Lab.Services.Tests.GitOps;

public sealed class KStatusTests
{
    private const string Available = """
        {"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"},{"type":"Available","status":"True"}
        """;

    private static IEnumerable<TestCaseData> Cases()
    {
        TestCaseData Case(string json, HealthState state, string name) => new TestCaseData(json, state).SetArgDisplayNames(name);

        yield return Case(Deployment(2, (2, 2, 2, 2), Available), HealthState.Current, "deployment complete");
        yield return Case(Deployment(1, (2, 2, 2, 2), Available), HealthState.InProgress, "deployment not yet observed");
        yield return Case(Deployment(2, (3, 2, 3, 3), Available), HealthState.InProgress, "old pods still there");
        yield return Case(Deployment(2, (2, 2, 1, 1), Available), HealthState.InProgress, "a pod is not available");
        yield return Case(
            Deployment(2, (2, 1, 1, 1), """{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}"""),
            HealthState.Failed,
            "deployment stuck"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"generation":1},"spec":{"replicas":2}}""",
            HealthState.InProgress,
            "deployment without status"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1,"conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"},{"type":"Available","status":"True"}]}}""",
            HealthState.Current,
            "scaled to zero"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentReplicas":1,"updatedReplicas":1,"currentRevision":"a","updateRevision":"a"}}""",
            HealthState.Current,
            "stateful set complete"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentReplicas":1,"updatedReplicas":0,"currentRevision":"a","updateRevision":"b"}}""",
            HealthState.InProgress,
            "stateful set rolling"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":2,"currentNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":2,"numberReady":2}}""",
            HealthState.Current,
            "daemon set complete"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"generation":1},"status":{}}""",
            HealthState.InProgress,
            "daemon set unseen"
        );
        yield return Case(
            """{"apiVersion":"batch/v1","kind":"Job","status":{"active":1}}""",
            HealthState.InProgress,
            "job running"
        );
        yield return Case(
            """{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":[{"type":"Complete","status":"True"}]}}""",
            HealthState.Current,
            "job done"
        );
        yield return Case(
            """{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":[{"type":"Failed","status":"True","message":"BackoffLimitExceeded"}]}}""",
            HealthState.Failed,
            "job failed"
        );
        yield return Case(
            """{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""",
            HealthState.Current,
            "pod ready"
        );
        yield return Case(
            """{"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}""",
            HealthState.Failed,
            "pod crashing"
        );
        yield return Case(
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","status":{"phase":"Pending"}}""",
            HealthState.InProgress,
            "claim"
        );
        yield return Case("""{"apiVersion":"v1","kind":"Service","spec":{"type":"ClusterIP"}}""", HealthState.Current, "service");
        yield return Case(
            """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","status":{"conditions":[{"type":"NamesAccepted","status":"True"},{"type":"Established","status":"True"}]}}""",
            HealthState.Current,
            "definition established"
        );
        yield return Case(
            """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","status":{"conditions":[{"type":"NamesAccepted","status":"False","message":"taken"}]}}""",
            HealthState.Failed,
            "definition refused"
        );
        yield return Case(
            """{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","status":{"conditions":[{"type":"Available","status":"False","message":"no endpoints"}]}}""",
            HealthState.InProgress,
            "API service away"
        );
        yield return Case("""{"apiVersion":"v1","kind":"ConfigMap"}""", HealthState.Current, "without status");
        yield return Case(
            """{"apiVersion":"x.invalid/v1","kind":"Thing","status":{"conditions":[{"type":"Ready","status":"False","message":"no"}]}}""",
            HealthState.InProgress,
            "custom, not ready"
        );
        yield return Case(
            """{"apiVersion":"x.invalid/v1","kind":"Thing","status":{"conditions":[{"type":"Stalled","status":"True","message":"no"}]}}""",
            HealthState.Failed,
            "custom, stalled"
        );
        yield return Case(
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}""",
            HealthState.Terminating,
            "going"
        );
        // What an intruder or a strange controller may write into a status.
        yield return Case(
            """{"apiVersion":"x.invalid/v1","kind":"Thing","status":{"conditions":"no list"}}""",
            HealthState.Current,
            "no list"
        );
        yield return Case(
            """{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":"two"},"status":[]}""",
            HealthState.InProgress,
            "no numbers"
        );
    }

    [TestCaseSource(nameof(Cases))]
    public void Objects_are_judged_by_kstatus_rules(string json, object expected)
    {
        var health = KStatus.Of(JsonNode.Parse(json)!.AsObject());
        Assert.That(health.State, Is.EqualTo(expected), health.Message);
    }

    [Test]
    public void What_is_not_there_is_not_found() => Assert.That(KStatus.Of(null).State, Is.EqualTo(HealthState.NotFound));

    private static string Deployment(int observed, (int All, int Updated, int Ready, int Available) counts, string conditions) =>
        $$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":2},
             "status":{"observedGeneration":{{observed}},"replicas":{{counts.All}},"updatedReplicas":{{counts.Updated}},
                       "readyReplicas":{{counts.Ready}},"availableReplicas":{{counts.Available}},"conditions":[{{conditions}}] } }
            """;
}
