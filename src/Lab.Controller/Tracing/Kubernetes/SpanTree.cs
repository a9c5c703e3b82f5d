namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>Finds each span's parent and end.</summary>
/// <param name="objects">Who owns what.</param>
/// <param name="events">The spans of events, by time.</param>
internal sealed class SpanTree(ObservedObjects objects, IReadOnlyList<SpanNode> events)
{
    private readonly ILookup<ObjectKey, SpanNode> _bySubject = events.ToLookup(node => node.Subject);
    private readonly Dictionary<(ObjectKey Key, long Generation), SpanNode> _changes = [];
    private readonly HashSet<string> _ids = events.Select(node => node.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>The events' spans and those of the changes that began them.</summary>
    public IEnumerable<SpanNode> Nodes => events.Concat(_changes.Values);

    public void Grow()
    {
        foreach (var node in events)
        {
            node.Parent = FindParent(node);
        }

        foreach (var siblings in _bySubject)
        {
            foreach (var (node, next) in siblings.Zip(siblings.Skip(1)))
            {
                node.End = Later(node.End, next.Start);
            }
        }

        foreach (var node in Nodes)
        {
            CutCircle(node);
        }

        foreach (var node in Nodes)
        {
            for (var parent = node.Parent; parent is not null; parent = parent.Parent)
            {
                parent.End = Later(parent.End, node.End);
            }
        }
    }

    private SpanNode? FindParent(SpanNode node)
    {
        // What another did to the object that acts here, before it acted.
        if (LastAbout(node.Actor, node.Start, other => other.Actor != node.Actor && other != node) is { } cause)
        {
            return cause;
        }

        var top = node.Actor;
        foreach (var owner in objects.Chain(node.Actor, node.Start).Skip(1))
        {
            top = owner;
            if (LastAbout(owner, node.Start, other => other != node) is { } done)
            {
                return done;
            }
        }

        return Change(objects.Find(top, node.Start), node.Start);
    }

    private SpanNode? LastAbout(ObjectKey key, DateTimeOffset at, Func<SpanNode, bool> fits) =>
        _bySubject[key].LastOrDefault(other => other.Start - at < ObservedObjects.Grain && fits(other));

    /// <summary>The change of an object that nobody owns, below what applied it.</summary>
    private SpanNode? Change(ObservedObject? changed, DateTimeOffset at)
    {
        if (changed is null)
        {
            return null;
        }

        var key = (changed.Key, changed.Generation);
        if (_changes.TryGetValue(key, out var known))
        {
            return known;
        }

        var start = changed.UpdatedAt ?? at;
        var node = new SpanNode(IdOf(changed), changed.Key, changed.Key, start, start) { Changed = changed };
        // Before its parent is looked for: Flux objects may be named by each other's labels.
        _changes.Add(key, node);
        if (changed.AppliedBy is { } applier)
        {
            node.Parent = LastAbout(applier, start, _ => true) ?? Change(objects.Find(applier, start), start);
        }

        return node;
    }

    /// <summary>kspan's id, as long as no two objects claim to have one UID.</summary>
    private string IdOf(ObservedObject changed)
    {
        var uid = changed.Uid.Length > 0 ? changed.Uid : $"{changed.Key}";
        while (!_ids.Add(KspanIds.Object(uid, changed.Generation)))
        {
            uid = $"{uid} {changed.Key}";
        }

        return KspanIds.Object(uid, changed.Generation);
    }

    /// <summary>Owners may name each other in a circle, and times may lie: a span below itself is put below the run.</summary>
    private static void CutCircle(SpanNode node)
    {
        var seen = new HashSet<SpanNode>();
        for (var above = node; above.Parent is not null; above = above.Parent)
        {
            if (!seen.Add(above))
            {
                node.Parent = null;
                return;
            }
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
