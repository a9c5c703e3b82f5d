using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>An object that is being reconciled: as it was read, and the status that it is to have.</summary>
internal sealed class ObjectUnderWork
{
    private readonly KubeApi _api;
    private readonly ResourceType _type;
    private readonly string _manager;
    private JsonObject _saved;

    public ObjectUnderWork(KubeApi api, ResourceType type, string manager, JsonObject item, TimeProvider time)
    {
        _api = api;
        _type = type;
        _manager = manager;
        Item = item;
        _saved = item.Status();
        Status = (JsonObject)_saved.DeepClone();
        Conditions = new ConditionList(Status, item.Generation(), time);
    }

    public JsonObject Item { get; }

    public JsonObject Spec => Item.Spec();

    public ObjectKey Key => Item.Key();

    /// <summary>The status as it is to be.</summary>
    public JsonObject Status { get; }

    public ConditionList Conditions { get; }

    private string Path => _type.Object(Key);

    /// <summary>Whether the spec changed, or a reconciliation was asked for, since the status was written.</summary>
    public bool IsNews =>
        Item.Generation() != KubeJson.Number(_saved["observedGeneration"])
        || (Item.Annotation(FluxApi.RequestedAt) is { } asked && asked != KubeJson.Text(_saved["lastHandledReconcileAt"]));

    public TimeSpan Interval => GoDuration.TryParse(KubeJson.Text(Spec["interval"])) ?? TimeSpan.FromMinutes(10);

    /// <summary>Writes what changed in the status.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (JsonNode.DeepEquals(_saved, Status))
            return;
        var patch = new JsonObject { ["status"] = Difference(_saved, Status) };
        await _api.PatchAsync($"{Path}/status?fieldManager={_manager}", patch, KubeApi.MergePatch, cancellationToken);
        _saved = (JsonObject)Status.DeepClone();
    }

    /// <summary>Adds the finalizer.</summary>
    /// <returns>False when it was there.</returns>
    public async Task<bool> AddFinalizerAsync(CancellationToken cancellationToken)
    {
        var there = Finalizers();
        if (there.Contains(FluxApi.Finalizer, StringComparer.Ordinal))
            return false;
        await SetFinalizersAsync([.. there, FluxApi.Finalizer], cancellationToken);
        return true;
    }

    /// <summary>Removes the finalizer, which lets the object go.</summary>
    public async Task RemoveFinalizerAsync(CancellationToken cancellationToken)
    {
        var there = Finalizers();
        if (there.Contains(FluxApi.Finalizer, StringComparer.Ordinal))
            await SetFinalizersAsync([.. there.Where(name => name != FluxApi.Finalizer)], cancellationToken);
    }

    /// <summary>The merge patch (RFC 7396) that makes one object of another.</summary>
    internal static JsonObject Difference(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (JsonNode.DeepEquals(before[name], value))
                continue;
            patch[name] =
                before[name] is JsonObject old && value is JsonObject wanted ? Difference(old, wanted) : value?.DeepClone();
        }

        foreach (var name in before.Select(pair => pair.Key).Where(name => !after.ContainsKey(name)))
        {
            patch[name] = null;
        }

        return patch;
    }

    private string[] Finalizers() =>
        [.. (Item["metadata"]?["finalizers"] as JsonArray ?? []).Select(KubeJson.Text).OfType<string>()];

    private Task<JsonObject> SetFinalizersAsync(string[] names, CancellationToken cancellationToken)
    {
        // With the version read: a finalizer that someone else added meanwhile must not be lost.
        var metadata = new JsonObject
        {
            ["resourceVersion"] = Item.ResourceVersion(),
            ["finalizers"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
        };
        return _api.PatchAsync(
            $"{Path}?fieldManager={_manager}",
            new JsonObject { ["metadata"] = metadata },
            KubeApi.MergePatch,
            cancellationToken
        );
    }
}
