using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>An Event object (core/v1), read with patience: objects of the API's old and new form come under the same address.</summary>
internal sealed record ClusterEvent
{
    /// <summary>The type of events that are no cause for concern; any other is (kspan's rule).</summary>
    private const string Normal = "Normal";

    private const int LongestText = 2048;

    public required ObjectKey Involved { get; init; }
    public required string InvolvedUid { get; init; }
    public required string Uid { get; init; }
    public required string Name { get; init; }
    public required string Namespace { get; init; }
    public required string Type { get; init; }
    public required string Reason { get; init; }
    public required string Message { get; init; }
    public required long Count { get; init; }

    /// <summary>When it first happened.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>When it last happened.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>Who says it.</summary>
    public required string Component { get; init; }

    /// <summary>The node or process that says it.</summary>
    public required string Host { get; init; }

    /// <summary>Whether it tells of a trouble. An event without a type does not say.</summary>
    public bool IsWarning => Type.Length > 0 && Type != Normal;

    /// <summary>Reads one; null where it names no object or no time, for then it has no place in a trace.</summary>
    public static ClusterEvent? Read(JsonElement element)
    {
        JsonElement? json = element;
        var involved = new ObjectKey(
            Cut(json.Text("involvedObject", "kind")),
            Cut(json.Text("involvedObject", "namespace")),
            Cut(json.Text("involvedObject", "name"))
        );
        var times = Times(json);
        if (involved.Name.Length == 0 || times.Count == 0)
        {
            return null;
        }

        var component = json.Text("source", "component");
        var isOld = component.Length > 0;
        return new ClusterEvent
        {
            Involved = involved,
            InvolvedUid = Cut(json.Text("involvedObject", "uid")),
            Uid = Cut(json.Text("metadata", "uid")),
            Name = Cut(json.Text("metadata", "name")),
            Namespace = Cut(json.Text("metadata", "namespace")),
            Type = Cut(json.Text("type")),
            Reason = Cut(json.Text("reason") is { Length: > 0 } reason ? reason : "unknown"),
            Message = Cut(json.Text("message")),
            Count = Math.Max(json.Number("count"), json.Number("series", "count")),
            First = times.Min(),
            Last = times.Max(),
            Component = Cut(
                isOld ? component
                : json.Text("reportingComponent") is { Length: > 0 } reporter ? reporter
                : "kubernetes"
            ),
            Host = Cut(isOld ? json.Text("source", "host") : json.Text("reportingInstance")),
        };
    }

    private static List<DateTimeOffset> Times(JsonElement? json)
    {
        DateTimeOffset?[] times =
        [
            json.Time("firstTimestamp"),
            json.Time("lastTimestamp"),
            json.Time("eventTime"),
            json.Time("series", "lastObservedTime"),
        ];
        var known = times.OfType<DateTimeOffset>().ToList();
        return known.Count > 0 ? known : [.. new[] { json.Time("metadata", "creationTimestamp") }.OfType<DateTimeOffset>()];
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
