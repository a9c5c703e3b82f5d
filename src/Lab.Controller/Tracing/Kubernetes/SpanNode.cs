namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>A span while its place in the tree is looked for.</summary>
internal sealed class SpanNode(string id, ObjectKey actor, ObjectKey subject, DateTimeOffset start, DateTimeOffset end)
{
    public string Id { get; } = id;

    /// <summary>Who did something.</summary>
    public ObjectKey Actor { get; } = actor;

    /// <summary>To whom; often itself.</summary>
    public ObjectKey Subject { get; } = subject;

    public DateTimeOffset Start { get; } = start;

    public DateTimeOffset End { get; set; } = end;

    /// <summary>The parent; null for one directly below the run.</summary>
    public SpanNode? Parent { get; set; }

    public ClusterEvent? Happened { get; init; }

    public ObservedObject? Changed { get; init; }
}
