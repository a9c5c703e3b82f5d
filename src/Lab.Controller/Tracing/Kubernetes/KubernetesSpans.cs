namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>
/// Makes the events of a cluster into spans by the rules of kspan (github.com/weaveworks-experiments/kspan): a span an event, below what
/// was last done to the object or its owner; at the top of the owners a span for the change that began it all, whose trace goes by the
/// object's UID and generation; an error where the type is not Normal; a span lasts until the next one of its object. The
/// differences, since all is known here when it begins and all belongs to one run: docs/tracing.md.
/// </summary>
internal static class KubernetesSpans
{
    /// <summary>The most events that are made into spans, the first ones; a run has hundreds.</summary>
    public const int MostEvents = 5000;

    /// <summary>The spans, by time.</summary>
    /// <param name="records">What was seen.</param>
    /// <param name="traceId">The run's trace.</param>
    /// <param name="root">The span of the run.</param>
    public static IReadOnlyList<KubernetesSpan> Of(KubernetesRecords records, string traceId, string root)
    {
        var objects = new ObservedObjects(records);
        var events = records
            .Events.Select(ClusterEvent.Read)
            .OfType<ClusterEvent>()
            .OrderBy(happened => happened.First)
            .ThenBy(happened => happened.Last)
            .ThenBy(happened => happened.Name, StringComparer.Ordinal)
            .Take(MostEvents)
            .Select(happened => new SpanNode(
                IdOf(happened),
                happened.Involved,
                EventSubject.Of(happened),
                happened.First,
                happened.Last
            )
            {
                Happened = happened,
            })
            .DistinctBy(node => node.Id, StringComparer.Ordinal)
            .ToList();
        var tree = new SpanTree(objects, events);
        tree.Grow();
        return [.. tree.Nodes.OrderBy(node => node.Start).Select(node => Finish(node, objects, traceId, root))];
    }

    private static string IdOf(ClusterEvent happened) =>
        KspanIds.Event(
            happened.Uid.Length > 0 ? happened.Uid : $"{happened.Namespace}/{happened.Name}/{happened.Reason}",
            happened.Count
        );

    private static KubernetesSpan Finish(SpanNode node, ObservedObjects objects, string traceId, string root)
    {
        var top = objects.Chain(node.Actor, node.Start).Last();
        var owner = objects.Find(top, node.Start);
        var uid = owner?.Uid is { Length: > 0 } known ? known : node.Happened?.InvolvedUid ?? "";
        var foreign = uid.Length == 0 ? null : KspanIds.Trace(uid, owner?.Generation ?? 0);
        var attributes = node.Happened is { } happened ? Describe(happened, node.Subject) : Describe(node.Changed!);
        if (foreign is not null)
        {
            attributes.Add(new("kspan.trace_id", foreign));
        }

        var isError = node.Happened is { IsWarning: true };
        var span = new Span
        {
            TraceId = traceId,
            SpanId = node.Id,
            ParentSpanId = node.Parent?.Id ?? root,
            Name = node.Happened is { } named ? $"{named.Involved.Kind}.{named.Reason}" : $"{top.Kind}.{node.Changed!.Operation}",
            Start = node.Start,
            End = node.End,
            Attributes = attributes,
            Links = foreign is null ? [] : [new SpanLink(foreign, node.Id, [new("kspan.trace_id", foreign)])],
            Status = isError ? SpanStatus.Error : SpanStatus.Unset,
            StatusMessage = isError ? node.Happened!.Message : null,
        };
        return new KubernetesSpan(
            span,
            node.Happened?.Component ?? node.Changed!.UpdatedBy,
            node.Happened?.Host ?? "",
            node.Subject,
            top,
            node.Happened
        );
    }

    private static List<SpanAttribute> Describe(ClusterEvent happened, ObjectKey subject)
    {
        var attributes = DescribeObject(happened.Involved);
        attributes.Add(new("k8s.event.name", happened.Name));
        attributes.Add(new("k8s.event.uid", happened.Uid));
        attributes.Add(new("k8s.event.reason", happened.Reason));
        attributes.Add(new("k8s.event.type", happened.Type));
        attributes.Add(new("k8s.event.message", happened.Message));
        if (happened.Count > 0)
        {
            attributes.Add(new("k8s.event.count", happened.Count));
        }

        if (subject != happened.Involved)
        {
            attributes.AddRange(
                DescribeObject(subject).Where(attribute => !attribute.Key.StartsWith("k8s.object.", StringComparison.Ordinal))
            );
        }

        if (happened.IsWarning)
        {
            attributes.Add(new("error.type", happened.Reason));
        }

        return attributes;
    }

    private static List<SpanAttribute> Describe(ObservedObject changed)
    {
        var attributes = DescribeObject(changed.Key);
        attributes.Add(new("k8s.object.uid", changed.Uid));
        attributes.Add(new("k8s.object.generation", changed.Generation));
        return attributes;
    }

    private static List<SpanAttribute> DescribeObject(ObjectKey key)
    {
        List<SpanAttribute> attributes =
        [
            new("k8s.object.kind", key.Kind),
            new("k8s.object.name", key.Name),
            new($"k8s.{key.Kind.ToLowerInvariant()}.name", key.Name),
        ];
        if (key.Namespace.Length > 0)
        {
            attributes.Add(new("k8s.namespace.name", key.Namespace));
        }

        return attributes;
    }
}
