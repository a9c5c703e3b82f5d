namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>A collection of the Kubernetes API that is watched for a run's trace.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Kind">The kind of its items.</param>
/// <param name="Definition">The CustomResourceDefinition without which there is no such collection; null for what every cluster has.</param>
internal sealed record ClusterCollection(string Path, string Kind, string? Definition = null)
{
    /// <summary>Where definitions are.</summary>
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public static ClusterCollection Events { get; } = new("/api/v1/events", "Event");

    /// <summary>What can own what events are about. Those of Flux need not be there.</summary>
    public static IReadOnlyList<ClusterCollection> Owners { get; } =
    [
        new("/api/v1/pods", "Pod"),
        new("/apis/apps/v1/replicasets", "ReplicaSet"),
        new("/apis/apps/v1/deployments", "Deployment"),
        new("/apis/apps/v1/daemonsets", "DaemonSet"),
        new("/apis/apps/v1/statefulsets", "StatefulSet"),
        new("/apis/batch/v1/jobs", "Job"),
        new("/apis/source.toolkit.fluxcd.io/v1/gitrepositories", "GitRepository", "gitrepositories.source.toolkit.fluxcd.io"),
        new("/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations", "Kustomization", "kustomizations.kustomize.toolkit.fluxcd.io"),
    ];

    public static IReadOnlyList<ClusterCollection> All { get; } = [Events, .. Owners];
}
