using System.Text;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>
/// Server-side apply as Flux does it: each stage is first tried as a dry run, so that nothing of a stage is applied when any of it would be
/// refused; only what would change is then applied; and what was changed by hand is put back.
/// </summary>
internal sealed class Applier(KubeApi api, OwnerMarks marks, bool force)
{
    public const string FieldManager = "kustomize-controller";

    /// <summary>Applies the objects of one stage.</summary>
    /// <exception cref="ApplyException">The API refuses one of them.</exception>
    public async Task<IReadOnlyList<AppliedChange>> ApplyAsync(
        IReadOnlyList<JsonObject> stage,
        CancellationToken cancellationToken
    )
    {
        var plans = new List<ApplyPlan>(stage.Count);
        foreach (var item in stage)
        {
            plans.Add(await PlanAsync(item, mayTakeOver: true, cancellationToken));
        }

        var changes = new List<AppliedChange>(plans.Count);
        foreach (var plan in plans)
        {
            if (plan.Change.IsChange)
                await ExecuteAsync(plan, cancellationToken);
            changes.Add(plan.Change);
        }

        return changes;
    }

    /// <summary>What applying an object would do, without doing it.</summary>
    /// <exception cref="ApplyException">The API refuses it.</exception>
    public async Task<ApplyPlan> PlanAsync(JsonObject source, bool mayTakeOver, CancellationToken cancellationToken)
    {
        var item = Normalize((JsonObject)source.DeepClone());
        marks.Mark(item);
        var id = ObjectId.Of(item);
        try
        {
            var type = await api.Types.GetAsync(item.ApiVersion(), item.Kind(), cancellationToken);
            if (type.Namespaced && item.Namespace().Length == 0)
                throw new ApplyException($"{id.ToDisplay()} namespace not specified");
            if (!type.Namespaced)
                item["metadata"]!.AsObject().Remove("namespace");
            var entry = InventoryEntry.Of(item);
            var path = type.Object(item.Key());
            var live = await api.FindAsync(path, cancellationToken);
            if (Skips(item, live))
                return new ApplyPlan(item, path, live, null, new AppliedChange(entry, AppliedChange.Skipped), false);
            if (mayTakeOver && live is not null && !OwnerMarks.IsMerged(item))
                live = await TakeOverAsync(path, live, cancellationToken);
            return await TryAsync(item, entry, path, live, cancellationToken);
        }
        catch (KubeApiException exception)
        {
            throw Refused(id, "dry-run failed", exception);
        }
    }

    private async Task<ApplyPlan> TryAsync(
        JsonObject item,
        InventoryEntry entry,
        string path,
        JsonObject? live,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var applied = await api.PatchAsync($"{Query(path)}&dryRun=All", item, KubeApi.ApplyPatch, cancellationToken);
            var action =
                live is null ? AppliedChange.Created
                : Drift.Exists(live, applied) ? AppliedChange.Configured
                : AppliedChange.Unchanged;
            return new ApplyPlan(item, path, live, applied, new AppliedChange(entry, action), false);
        }
        catch (KubeApiException exception) when (IsImmutable(exception) && (force || OwnerMarks.IsForced(item)))
        {
            return new ApplyPlan(item, path, live, item, new AppliedChange(entry, AppliedChange.Created), true);
        }
    }

    private async Task ExecuteAsync(ApplyPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            if (plan.MustRecreate)
            {
                await api.DeleteAsync(plan.Path, cancellationToken);
                await new Deletion(api).WaitAsync(plan.Change.Entry, cancellationToken);
            }

            await api.PatchAsync(Query(plan.Path), plan.Item, KubeApi.ApplyPatch, cancellationToken);
        }
        catch (KubeApiException exception)
        {
            throw Refused(plan.Change.Entry.Id, "apply failed", exception);
        }
    }

    private async Task<JsonObject> TakeOverAsync(string path, JsonObject live, CancellationToken cancellationToken)
    {
        if (ManagedFields.TakeOver(live, FieldManager) is not { } patch)
            return live;
        var taken = await api.PatchAsync($"{path}?fieldManager={FieldManager}", patch, KubeApi.JsonPatch, cancellationToken);
        return taken;
    }

    private static bool Skips(JsonObject item, JsonObject? live) =>
        OwnerMarks.IsLeftAlone(item)
        || (
            live is not null && (OwnerMarks.IsLeftAlone(live) || OwnerMarks.IsOnlyCreated(item) || OwnerMarks.IsOnlyCreated(live))
        );

    private static string Query(string path) => $"{path}?fieldManager={FieldManager}&force=true";

    private static bool IsImmutable(KubeApiException exception) =>
        exception.Reason == "Invalid"
        && (
            exception.Message.Contains("immutable", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("Forbidden: updates to", StringComparison.Ordinal)
            || exception.Message.Contains("may not change once set", StringComparison.Ordinal)
        );

    // The server turns stringData into data on each write, so that it would differ for ever.
    private static JsonObject Normalize(JsonObject item)
    {
        item.Remove("status");
        if (item["metadata"] is JsonObject metadata)
            metadata.Remove("creationTimestamp");
        if (item.Kind() != "Secret" || item["stringData"] is not JsonObject plain)
            return item;
        item.Remove("stringData");
        var data = item.Ensure("data");
        foreach (var (name, value) in plain)
        {
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(KubeJson.Text(value) ?? value?.ToJsonString() ?? ""));
        }

        return item;
    }

    private static ApplyException Refused(ObjectId id, string what, KubeApiException exception) =>
        new($"{id.ToDisplay()} {what} ({exception.Reason}): {exception.Message}", exception);
}
