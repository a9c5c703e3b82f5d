namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>A span that tells of a cluster, and what a drawing of it takes.</summary>
/// <param name="Span">The span.</param>
/// <param name="Component">Who says it.</param>
/// <param name="Host">The node or process that says it.</param>
/// <param name="Subject">Whom it is about.</param>
/// <param name="Workload">The object at the top of that one's chain of owners.</param>
/// <param name="Happened">The event; null for the change of an object that began a trace.</param>
internal sealed record KubernetesSpan(
    Span Span,
    string Component,
    string Host,
    ObjectKey Subject,
    ObjectKey Workload,
    ClusterEvent? Happened
);
