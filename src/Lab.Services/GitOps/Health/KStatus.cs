using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Health;

/// <summary>The kstatus rules (cli-utils, pkg/kstatus): how far an object is, by its kind, its generation and its conditions.</summary>
internal static class KStatus
{
    /// <summary>Judges an object; null means that there is none.</summary>
    public static ObjectHealth Of(JsonObject? item)
    {
        if (item is null)
            return new ObjectHealth(HealthState.NotFound, "Resource not found");
        if (item.IsBeingDeleted())
            return new ObjectHealth(HealthState.Terminating, "Resource scheduled for deletion");
        return Generic(item) ?? OfKind(item) ?? Ready(item) ?? ObjectHealth.Current("Resource is current");
    }

    private static ObjectHealth? OfKind(JsonObject item) =>
        (ResourceType.GroupOf(item.ApiVersion()), item.Kind()) switch
        {
            ("apps", "Deployment") => Deployment(item),
            ("apps", "StatefulSet") => StatefulSet(item),
            ("apps", "DaemonSet") => DaemonSet(item),
            ("apps", "ReplicaSet") => ReplicaSet(item),
            ("batch", "Job") => Job(item),
            ("", "Pod") => Pod(item),
            ("", "PersistentVolumeClaim") => Phase(item, "Bound", "PVC is not Bound"),
            ("", "Service") => Service(item),
            ("policy", "PodDisruptionBudget") => ObjectHealth.Current("PDB is current"),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => Definition(item),
            ("apiregistration.k8s.io", "APIService") => IsTrue(item, "Available")
                ? ObjectHealth.Current("APIService is available")
                : ObjectHealth.InProgress(Message(item, "Available") ?? "APIService is not available"),
            ("", "Namespace") => Phase(item, "Active", "Namespace is not Active"),
            _ => null,
        };

    private static ObjectHealth? Generic(JsonObject item)
    {
        var observed = KubeJson.Number(item.Status()["observedGeneration"]);
        if (observed is not null && observed != item.Generation())
            return ObjectHealth.InProgress(
                $"{item.Kind()} generation is {item.Generation()}, but latest observed generation is {observed}"
            );
        if (IsTrue(item, "Reconciling"))
            return ObjectHealth.InProgress(Message(item, "Reconciling") ?? "");
        return IsTrue(item, "Stalled") ? ObjectHealth.Failed(Message(item, "Stalled") ?? "") : null;
    }

    // For kinds without rules of their own, the convention is one Ready condition.
    private static ObjectHealth? Ready(JsonObject item) =>
        item.Condition("Ready") is not { } ready ? null
        : KubeJson.Text(ready["status"]) == "True" ? ObjectHealth.Current(Message(item, "Ready") ?? "Resource is Ready")
        : ObjectHealth.InProgress(Message(item, "Ready") ?? "Resource is not Ready");

    private static ObjectHealth Deployment(JsonObject item)
    {
        var status = item.Status();
        if (item.Condition("Progressing") is { } progressing)
        {
            if (KubeJson.Text(progressing["reason"]) == "ProgressDeadlineExceeded")
                return ObjectHealth.Failed("Progress deadline exceeded");
        }

        var wanted = Wanted(item);
        var (all, updated, ready, available) = (
            Count(status, "replicas"),
            Count(status, "updatedReplicas"),
            Count(status, "readyReplicas"),
            Count(status, "availableReplicas")
        );
        return all < wanted ? ObjectHealth.InProgress($"Replicas: {all}/{wanted}")
            : updated < wanted ? ObjectHealth.InProgress($"Updated: {updated}/{wanted}")
            : all > updated ? ObjectHealth.InProgress($"Pending termination: {all - updated}")
            : available < updated ? ObjectHealth.InProgress($"Available: {available}/{updated}")
            : ready < wanted ? ObjectHealth.InProgress($"Ready: {ready}/{wanted}")
            : item.Condition("Progressing") is { } progress && !IsProgressDone(progress)
                ? ObjectHealth.InProgress("ReplicaSet not Available")
            : item.Condition("Available") is not null && !IsTrue(item, "Available")
                ? ObjectHealth.InProgress("Deployment not Available")
            : wanted > 0 && item.Condition("Available") is null ? ObjectHealth.InProgress("Deployment not Available")
            : ObjectHealth.Current($"Deployment is available. Replicas: {all}");
    }

    private static bool IsProgressDone(JsonObject progressing) =>
        KubeJson.Text(progressing["status"]) == "True" && KubeJson.Text(progressing["reason"]) is "NewReplicaSetAvailable";

    private static ObjectHealth StatefulSet(JsonObject item)
    {
        var status = item.Status();
        if (KubeJson.Text(item.Child("spec", "updateStrategy")?["type"]) == "OnDelete")
            return ObjectHealth.Current("StatefulSet is using the ondelete update strategy");
        var wanted = Wanted(item);
        var (all, ready, current, updated) = (
            Count(status, "replicas"),
            Count(status, "readyReplicas"),
            Count(status, "currentReplicas"),
            Count(status, "updatedReplicas")
        );
        if (all < wanted)
            return ObjectHealth.InProgress($"Replicas: {all}/{wanted}");
        if (ready < wanted)
            return ObjectHealth.InProgress($"Ready: {ready}/{wanted}");
        if (all > wanted)
            return ObjectHealth.InProgress($"Pending termination: {all - wanted}");
        if (KubeJson.Number(item.Child("spec", "updateStrategy", "rollingUpdate")?["partition"]) is { } partition and > 0)
            return updated < wanted - partition
                ? ObjectHealth.InProgress($"updated: {updated}/{wanted - partition}")
                : ObjectHealth.Current($"Partition rollout complete. updated: {updated}");
        if (current < wanted)
            return ObjectHealth.InProgress($"current: {current}/{wanted}");
        return KubeJson.Text(status["currentRevision"]) == KubeJson.Text(status["updateRevision"])
            ? ObjectHealth.Current($"All replicas scheduled as expected. Replicas: {all}")
            : ObjectHealth.InProgress("Waiting for updated revision to match current");
    }

    private static ObjectHealth DaemonSet(JsonObject item)
    {
        var status = item.Status();
        if (KubeJson.Number(status["observedGeneration"]) is null || status["desiredNumberScheduled"] is null)
            return ObjectHealth.InProgress("Missing .status.desiredNumberScheduled");
        var (wanted, current, updated, available, ready) = (
            Count(status, "desiredNumberScheduled"),
            Count(status, "currentNumberScheduled"),
            Count(status, "updatedNumberScheduled"),
            Count(status, "numberAvailable"),
            Count(status, "numberReady")
        );
        return current < wanted ? ObjectHealth.InProgress($"Current: {current}/{wanted}")
            : updated < wanted ? ObjectHealth.InProgress($"Updated: {updated}/{wanted}")
            : available < wanted ? ObjectHealth.InProgress($"Available: {available}/{wanted}")
            : ready < wanted ? ObjectHealth.InProgress($"Ready: {ready}/{wanted}")
            : ObjectHealth.Current($"All replicas scheduled as expected. Replicas: {wanted}");
    }

    private static ObjectHealth ReplicaSet(JsonObject item)
    {
        var status = item.Status();
        var wanted = Wanted(item);
        if (IsTrue(item, "ReplicaFailure"))
            return ObjectHealth.InProgress(Message(item, "ReplicaFailure") ?? "Replica Failure");
        var (all, labelled, available, ready) = (
            Count(status, "replicas"),
            Count(status, "fullyLabeledReplicas"),
            Count(status, "availableReplicas"),
            Count(status, "readyReplicas")
        );
        return labelled < wanted ? ObjectHealth.InProgress($"Labelled: {labelled}/{wanted}")
            : available < wanted ? ObjectHealth.InProgress($"Available: {available}/{wanted}")
            : ready < wanted ? ObjectHealth.InProgress($"Ready: {ready}/{wanted}")
            : all > wanted ? ObjectHealth.InProgress($"Pending termination: {all - wanted}")
            : ObjectHealth.Current($"ReplicaSet is available. Replicas: {all}");
    }

    // Flux's own rule: a job is done when it has completed, not when it has started.
    private static ObjectHealth Job(JsonObject item) =>
        IsTrue(item, "Failed") ? ObjectHealth.Failed(Message(item, "Failed") ?? "Job Failed")
        : IsTrue(item, "Complete") ? ObjectHealth.Current("Job Completed")
        : KubeJson.Flag(item.Spec()["suspend"]) ? ObjectHealth.Current("Job is suspended")
        : ObjectHealth.InProgress("Job in progress");

    private static ObjectHealth Pod(JsonObject item)
    {
        switch (KubeJson.Text(item.Status()["phase"]))
        {
            case "Succeeded":
                return ObjectHealth.Current("Pod has completed successfully");
            case "Failed":
                return ObjectHealth.Failed("Pod has completed, but not successfully");
            case "Running":
                if (IsTrue(item, "Ready"))
                    return ObjectHealth.Current("Pod is Ready");
                return Waiting(item, "CrashLoopBackOff") is { } crashing
                    ? ObjectHealth.Failed($"Containers in CrashLoop state: {crashing}")
                    : ObjectHealth.InProgress("Pod is running but is not Ready");
            case "Pending":
                return KubeJson.Text(item.Condition("PodScheduled")?["reason"]) == "Unschedulable"
                    ? ObjectHealth.InProgress("Pod could not be scheduled")
                    : ObjectHealth.InProgress("Pod is in the Pending phase");
            default:
                return ObjectHealth.InProgress("Pod phase not available");
        }
    }

    private static string? Waiting(JsonObject pod, string reason) =>
        KubeJson
            .Objects(pod.Status()["containerStatuses"])
            .Where(container => KubeJson.Text(container.Child("state", "waiting")?["reason"]) == reason)
            .Select(container => KubeJson.Text(container["name"]))
            .FirstOrDefault();

    private static ObjectHealth Service(JsonObject item) =>
        KubeJson.Text(item.Spec()["type"]) == "LoadBalancer" && (KubeJson.Text(item.Spec()["clusterIP"]) ?? "").Length == 0
            ? ObjectHealth.InProgress("ClusterIP not set. Service type: LoadBalancer")
            : ObjectHealth.Current("Service is ready");

    private static ObjectHealth Definition(JsonObject item) =>
        KubeJson.Text(item.Condition("NamesAccepted")?["status"]) == "False"
            ? ObjectHealth.Failed(Message(item, "NamesAccepted") ?? "")
            : KubeJson.Text(item.Condition("Established")?["status"]) switch
            {
                "True" => ObjectHealth.Current("CRD is established"),
                "False" when KubeJson.Text(item.Condition("Established")!["reason"]) != "Installing" => ObjectHealth.Failed(
                    Message(item, "Established") ?? ""
                ),
                _ => ObjectHealth.InProgress("Install in progress"),
            };

    private static ObjectHealth Phase(JsonObject item, string wanted, string otherwise) =>
        KubeJson.Text(item.Status()["phase"]) is var phase && phase == wanted
            ? ObjectHealth.Current($"{item.Kind()} is {wanted}")
            : ObjectHealth.InProgress($"{otherwise}. phase: {phase ?? "unknown"}");

    private static long Wanted(JsonObject item) => KubeJson.Number(item.Spec()["replicas"]) ?? 1;

    private static long Count(JsonObject status, string field) => KubeJson.Number(status[field]) ?? 0;

    private static bool IsTrue(JsonObject item, string condition) =>
        KubeJson.Text(item.Condition(condition)?["status"]) == "True";

    private static string? Message(JsonObject item, string condition) => KubeJson.Text(item.Condition(condition)?["message"]);
}
