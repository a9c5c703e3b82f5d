using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Health;

/// <summary>The kstatus rules (cli-utils, pkg/kstatus): how far an object is, by its kind, its generation and its conditions.</summary>
internal static class KStatus
{
    /// <summary>Judges an object; null means that there is none.</summary>
    public static Health Of(JsonObject? item)
    {
        if (item is null)
            return new Health(HealthState.NotFound, "Resource not found");
        if (item.IsBeingDeleted())
            return new Health(HealthState.Terminating, "Resource scheduled for deletion");
        return Generic(item) ?? OfKind(item) ?? Ready(item) ?? Health.Current("Resource is current");
    }

    private static Health? OfKind(JsonObject item) =>
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
            ("policy", "PodDisruptionBudget") => Health.Current("PDB is current"),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => Definition(item),
            ("apiregistration.k8s.io", "APIService") => IsTrue(item, "Available")
                ? Health.Current("APIService is available")
                : Health.InProgress(Message(item, "Available") ?? "APIService is not available"),
            ("", "Namespace") => Phase(item, "Active", "Namespace is not Active"),
            _ => null,
        };

    private static Health? Generic(JsonObject item)
    {
        var observed = KubeJson.Number(item.Status()["observedGeneration"]);
        if (observed is not null && observed != item.Generation())
            return Health.InProgress(
                $"{item.Kind()} generation is {item.Generation()}, but latest observed generation is {observed}"
            );
        if (IsTrue(item, "Reconciling"))
            return Health.InProgress(Message(item, "Reconciling") ?? "");
        return IsTrue(item, "Stalled") ? Health.Failed(Message(item, "Stalled") ?? "") : null;
    }

    // For kinds without rules of their own, the convention is one Ready condition.
    private static Health? Ready(JsonObject item) =>
        item.Condition("Ready") is not { } ready ? null
        : KubeJson.Text(ready["status"]) == "True" ? Health.Current(Message(item, "Ready") ?? "Resource is Ready")
        : Health.InProgress(Message(item, "Ready") ?? "Resource is not Ready");

    private static Health Deployment(JsonObject item)
    {
        var status = item.Status();
        if (item.Condition("Progressing") is { } progressing)
        {
            if (KubeJson.Text(progressing["reason"]) == "ProgressDeadlineExceeded")
                return Health.Failed("Progress deadline exceeded");
        }

        var wanted = Wanted(item);
        var (all, updated, ready, available) = (
            Count(status, "replicas"),
            Count(status, "updatedReplicas"),
            Count(status, "readyReplicas"),
            Count(status, "availableReplicas")
        );
        return all < wanted ? Health.InProgress($"Replicas: {all}/{wanted}")
            : updated < wanted ? Health.InProgress($"Updated: {updated}/{wanted}")
            : all > updated ? Health.InProgress($"Pending termination: {all - updated}")
            : available < updated ? Health.InProgress($"Available: {available}/{updated}")
            : ready < wanted ? Health.InProgress($"Ready: {ready}/{wanted}")
            : item.Condition("Progressing") is { } progress && !IsProgressDone(progress)
                ? Health.InProgress("ReplicaSet not Available")
            : item.Condition("Available") is not null && !IsTrue(item, "Available")
                ? Health.InProgress("Deployment not Available")
            : wanted > 0 && item.Condition("Available") is null ? Health.InProgress("Deployment not Available")
            : Health.Current($"Deployment is available. Replicas: {all}");
    }

    private static bool IsProgressDone(JsonObject progressing) =>
        KubeJson.Text(progressing["status"]) == "True" && KubeJson.Text(progressing["reason"]) is "NewReplicaSetAvailable";

    private static Health StatefulSet(JsonObject item)
    {
        var status = item.Status();
        if (KubeJson.Text(item.Child("spec", "updateStrategy")?["type"]) == "OnDelete")
            return Health.Current("StatefulSet is using the ondelete update strategy");
        var wanted = Wanted(item);
        var (all, ready, current, updated) = (
            Count(status, "replicas"),
            Count(status, "readyReplicas"),
            Count(status, "currentReplicas"),
            Count(status, "updatedReplicas")
        );
        if (all < wanted)
            return Health.InProgress($"Replicas: {all}/{wanted}");
        if (ready < wanted)
            return Health.InProgress($"Ready: {ready}/{wanted}");
        if (all > wanted)
            return Health.InProgress($"Pending termination: {all - wanted}");
        if (KubeJson.Number(item.Child("spec", "updateStrategy", "rollingUpdate")?["partition"]) is { } partition and > 0)
            return updated < wanted - partition
                ? Health.InProgress($"updated: {updated}/{wanted - partition}")
                : Health.Current($"Partition rollout complete. updated: {updated}");
        if (current < wanted)
            return Health.InProgress($"current: {current}/{wanted}");
        return KubeJson.Text(status["currentRevision"]) == KubeJson.Text(status["updateRevision"])
            ? Health.Current($"All replicas scheduled as expected. Replicas: {all}")
            : Health.InProgress("Waiting for updated revision to match current");
    }

    private static Health DaemonSet(JsonObject item)
    {
        var status = item.Status();
        if (KubeJson.Number(status["observedGeneration"]) is null || status["desiredNumberScheduled"] is null)
            return Health.InProgress("Missing .status.desiredNumberScheduled");
        var (wanted, current, updated, available, ready) = (
            Count(status, "desiredNumberScheduled"),
            Count(status, "currentNumberScheduled"),
            Count(status, "updatedNumberScheduled"),
            Count(status, "numberAvailable"),
            Count(status, "numberReady")
        );
        return current < wanted ? Health.InProgress($"Current: {current}/{wanted}")
            : updated < wanted ? Health.InProgress($"Updated: {updated}/{wanted}")
            : available < wanted ? Health.InProgress($"Available: {available}/{wanted}")
            : ready < wanted ? Health.InProgress($"Ready: {ready}/{wanted}")
            : Health.Current($"All replicas scheduled as expected. Replicas: {wanted}");
    }

    private static Health ReplicaSet(JsonObject item)
    {
        var status = item.Status();
        var wanted = Wanted(item);
        if (IsTrue(item, "ReplicaFailure"))
            return Health.InProgress(Message(item, "ReplicaFailure") ?? "Replica Failure");
        var (all, labelled, available, ready) = (
            Count(status, "replicas"),
            Count(status, "fullyLabeledReplicas"),
            Count(status, "availableReplicas"),
            Count(status, "readyReplicas")
        );
        return labelled < wanted ? Health.InProgress($"Labelled: {labelled}/{wanted}")
            : available < wanted ? Health.InProgress($"Available: {available}/{wanted}")
            : ready < wanted ? Health.InProgress($"Ready: {ready}/{wanted}")
            : all > wanted ? Health.InProgress($"Pending termination: {all - wanted}")
            : Health.Current($"ReplicaSet is available. Replicas: {all}");
    }

    // Flux's own rule: a job is done when it has completed, not when it has started.
    private static Health Job(JsonObject item) =>
        IsTrue(item, "Failed") ? Health.Failed(Message(item, "Failed") ?? "Job Failed")
        : IsTrue(item, "Complete") ? Health.Current("Job Completed")
        : KubeJson.Flag(item.Spec()["suspend"]) ? Health.Current("Job is suspended")
        : Health.InProgress("Job in progress");

    private static Health Pod(JsonObject item)
    {
        switch (KubeJson.Text(item.Status()["phase"]))
        {
            case "Succeeded":
                return Health.Current("Pod has completed successfully");
            case "Failed":
                return Health.Failed("Pod has completed, but not successfully");
            case "Running":
                if (IsTrue(item, "Ready"))
                    return Health.Current("Pod is Ready");
                return Waiting(item, "CrashLoopBackOff") is { } crashing
                    ? Health.Failed($"Containers in CrashLoop state: {crashing}")
                    : Health.InProgress("Pod is running but is not Ready");
            case "Pending":
                return KubeJson.Text(item.Condition("PodScheduled")?["reason"]) == "Unschedulable"
                    ? Health.InProgress("Pod could not be scheduled")
                    : Health.InProgress("Pod is in the Pending phase");
            default:
                return Health.InProgress("Pod phase not available");
        }
    }

    private static string? Waiting(JsonObject pod, string reason) =>
        KubeJson
            .Objects(pod.Status()["containerStatuses"])
            .Where(container => KubeJson.Text(container.Child("state", "waiting")?["reason"]) == reason)
            .Select(container => KubeJson.Text(container["name"]))
            .FirstOrDefault();

    private static Health Service(JsonObject item) =>
        KubeJson.Text(item.Spec()["type"]) == "LoadBalancer" && (KubeJson.Text(item.Spec()["clusterIP"]) ?? "").Length == 0
            ? Health.InProgress("ClusterIP not set. Service type: LoadBalancer")
            : Health.Current("Service is ready");

    private static Health Definition(JsonObject item) =>
        KubeJson.Text(item.Condition("NamesAccepted")?["status"]) == "False"
            ? Health.Failed(Message(item, "NamesAccepted") ?? "")
            : KubeJson.Text(item.Condition("Established")?["status"]) switch
            {
                "True" => Health.Current("CRD is established"),
                "False" when KubeJson.Text(item.Condition("Established")!["reason"]) != "Installing" => Health.Failed(
                    Message(item, "Established") ?? ""
                ),
                _ => Health.InProgress("Install in progress"),
            };

    private static Health Phase(JsonObject item, string wanted, string otherwise) =>
        KubeJson.Text(item.Status()["phase"]) is var phase && phase == wanted
            ? Health.Current($"{item.Kind()} is {wanted}")
            : Health.InProgress($"{otherwise}. phase: {phase ?? "unknown"}");

    private static long Wanted(JsonObject item) => KubeJson.Number(item.Spec()["replicas"]) ?? 1;

    private static long Count(JsonObject status, string field) => KubeJson.Number(status[field]) ?? 0;

    private static bool IsTrue(JsonObject item, string condition) =>
        KubeJson.Text(item.Condition(condition)?["status"]) == "True";

    private static string? Message(JsonObject item, string condition) => KubeJson.Text(item.Condition(condition)?["message"]);
}
