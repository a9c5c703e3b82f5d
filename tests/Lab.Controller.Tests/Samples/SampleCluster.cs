using System.Text.Json;
using Lab.Controller.Tracing.Kubernetes;

namespace Lab.Controller.Tests.Samples;

/// <summary>What the API of a real cluster says of a rollout, cut down.</summary>
internal static class SampleCluster
{
    /// <summary>A rollout of one pod, applied by Flux, that ends well; the second pod's image is not there.</summary>
    public static KubernetesRecords Rollout { get; } =
        new(
            [
                Event("Kustomization", "fleet", "Progressing", 20, "kustomize-controller", "applied hello"),
                Event(
                    "Deployment",
                    "hello",
                    "ScalingReplicaSet",
                    21,
                    "deployment-controller",
                    "Scaled up replica set hello-7d4b to 2"
                ),
                Event(
                    "ReplicaSet",
                    "hello-7d4b",
                    "SuccessfulCreate",
                    21,
                    "replicaset-controller",
                    "Created pod: hello-7d4b-aaaaa"
                ),
                Event(
                    "ReplicaSet",
                    "hello-7d4b",
                    "SuccessfulCreate",
                    21,
                    "replicaset-controller",
                    "Created pod: hello-7d4b-bbbbb"
                ),
                Json(
                    """
                    {"metadata":{"name":"hello-7d4b-aaaaa.1","namespace":"fleet","uid":"scheduled-a"},"type":"Normal","reason":"Scheduled",
                     "involvedObject":{"kind":"Pod","namespace":"fleet","name":"hello-7d4b-aaaaa","uid":"uid-hello-7d4b-aaaaa"},
                     "message":"Successfully assigned fleet/hello-7d4b-aaaaa to virt-1","firstTimestamp":null,"lastTimestamp":null,
                     "source":{},"eventTime":"2026-03-01T12:00:21.750000Z","reportingComponent":"default-scheduler","reportingInstance":"lab"}
                    """
                ),
                Event(
                    "Pod",
                    "hello-7d4b-aaaaa",
                    "Pulling",
                    22,
                    "kubelet",
                    "Pulling image \"registry.hwlab/fleet/hello:1\"",
                    host: "virt-1"
                ),
                Event("Pod", "hello-7d4b-aaaaa", "Pulled", 24, "kubelet", "Successfully pulled image", host: "virt-1"),
                Event("Pod", "hello-7d4b-aaaaa", "Started", 25, "kubelet", "Started container hello", host: "virt-1"),
                Event(
                    "Pod",
                    "hello-7d4b-bbbbb",
                    "Failed",
                    23,
                    "kubelet",
                    "Failed to pull image \"registry.hwlab/fleet/hello:none\": not found",
                    "Warning",
                    "virt-2",
                    last: 27,
                    count: 3
                ),
            ],
            [
                Object("Pod", "hello-7d4b-aaaaa", owner: ("ReplicaSet", "hello-7d4b")),
                Object("Pod", "hello-7d4b-bbbbb", owner: ("ReplicaSet", "hello-7d4b")),
                Object("ReplicaSet", "hello-7d4b", owner: ("Deployment", "hello")),
                Object(
                    "Deployment",
                    "hello",
                    generation: 2,
                    updated: 21,
                    labels: "\"kustomize.toolkit.fluxcd.io/name\":\"fleet\",\"kustomize.toolkit.fluxcd.io/namespace\":\"fleet\""
                ),
                Object(
                    "Kustomization",
                    "fleet",
                    updated: 19,
                    spec: "\"sourceRef\":{\"kind\":\"GitRepository\",\"name\":\"fleet-git\"}"
                ),
                Object("GitRepository", "fleet-git", updated: 18),
            ]
        );

    public static JsonElement Event(
        string kind,
        string name,
        string reason,
        int at,
        string component,
        string message,
        string type = "Normal",
        string host = "",
        int? last = null,
        int count = 1
    ) =>
        JsonSerializer.SerializeToElement(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["metadata"] = new
                {
                    name = $"{name}.{at}",
                    @namespace = "fleet",
                    uid = $"{kind}/{name}/{reason}/{message}",
                },
                ["involvedObject"] = new
                {
                    kind,
                    @namespace = "fleet",
                    name,
                    uid = "uid-" + name,
                },
                ["type"] = type,
                ["reason"] = reason,
                ["message"] = message,
                ["count"] = count,
                ["firstTimestamp"] = Time(at),
                ["lastTimestamp"] = Time(last ?? at),
                ["source"] = new { component, host },
            }
        );

    public static JsonElement Object(
        string kind,
        string name,
        (string Kind, string Name)? owner = null,
        int generation = 1,
        int updated = 20,
        string labels = "",
        string spec = ""
    ) =>
        Json(
            $$"""
            {"kind":"{{kind}}","metadata":{"name":"{{name}}","namespace":"fleet","uid":"uid-{{name}}","generation":{{generation}},
             "labels":{ {{labels}} },
             "ownerReferences":[{{(
                owner is { } of ? $"{{\"kind\":\"{of.Kind}\",\"name\":\"{of.Name}\",\"controller\":true}}" : ""
            )}}],
             "managedFields":[
               {"manager":"kustomize-controller","operation":"Apply","time":"{{Time(updated)}}","fieldsV1":{"f:spec":{} } },
               {"manager":"kube-controller-manager","operation":"Update","time":"{{Time(
                updated + 5
            )}}","fieldsV1":{"f:status":{} } }]},
             "spec":{ {{spec}} } }
            """
        );

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Time(int seconds) => $"{SampleRun.Start.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ssZ}";
}
