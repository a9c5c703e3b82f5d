namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>All objects that were seen, by name and time.</summary>
internal sealed class ObservedObjects
{
    // The API's times are cut to whole seconds.
    public static readonly TimeSpan Grain = TimeSpan.FromSeconds(1);

    // Longer than any chain of owners that makes sense.
    private const int LongestChain = 16;

    private readonly ILookup<ObjectKey, ObservedObject> _byKey;

    public ObservedObjects(KubernetesRecords records) =>
        _byKey = records
            .Objects.Select(ObservedObject.Read)
            .OfType<ObservedObject>()
            .OrderBy(seen => seen.UpdatedAt ?? DateTimeOffset.MinValue)
            .ThenBy(seen => seen.Generation)
            .ToLookup(seen => seen.Key);

    /// <summary>The object as it was at a time; the first that was seen where that is later; null where none was seen.</summary>
    public ObservedObject? Find(ObjectKey key, DateTimeOffset at) =>
        _byKey[key].LastOrDefault(seen => (seen.UpdatedAt ?? DateTimeOffset.MinValue) - at < Grain)
        ?? _byKey[key].FirstOrDefault();

    /// <summary>The object and its owners, the next one first, as far as they are known by name.</summary>
    public IEnumerable<ObjectKey> Chain(ObjectKey key, DateTimeOffset at)
    {
        var seen = new HashSet<ObjectKey>();
        ObjectKey? next = key;
        while (next is { } current && seen.Count < LongestChain && seen.Add(current))
        {
            yield return current;
            next = Find(current, at)?.Owner;
        }
    }
}
