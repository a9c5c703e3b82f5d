using System.Text.Json;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>Keeps what a watch sees of a cluster: the last state of each event, and of each generation of each other object. May be called from any thread.</summary>
internal sealed class SeenObjects
{
    // A cluster gone mad must not fill the lab's memory.
    private const int Most = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Version, JsonElement Item)> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, string Uid, long Generation), (string Version, JsonElement Item)> _objects = [];

    public void Add(ClusterCollection collection, IEnumerable<JsonElement> items)
    {
        lock (_gate)
        {
            foreach (var item in items)
            {
                Add(collection, item);
            }
        }
    }

    public KubernetesRecords ToRecords()
    {
        lock (_gate)
        {
            return new KubernetesRecords(
                [.. _events.Values.Select(seen => seen.Item)],
                [.. _objects.Values.Select(seen => seen.Item)]
            );
        }
    }

    private void Add(ClusterCollection collection, JsonElement item)
    {
        JsonElement? json = item;
        var uid = json.Text("metadata", "uid") is { Length: > 0 } known
            ? known
            : $"{json.Text("metadata", "namespace")}/{json.Text("metadata", "name")}";
        var version = json.Text("metadata", "resourceVersion");
        if (collection == ClusterCollection.Events)
        {
            Keep(_events, uid, version, item.Clone);
        }
        else
        {
            Keep(
                _objects,
                (collection.Kind, uid, json.Number("metadata", "generation")),
                version,
                () => ObjectSketch.Of(item, collection.Kind)
            );
        }
    }

    private static void Keep<TKey>(
        Dictionary<TKey, (string Version, JsonElement Item)> kept,
        TKey key,
        string version,
        Func<JsonElement> read
    )
        where TKey : notnull
    {
        var isKnown = kept.TryGetValue(key, out var before);
        if (isKnown ? before.Version != version : kept.Count < Most)
        {
            kept[key] = (version, read());
        }
    }
}
