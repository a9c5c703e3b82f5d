using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Apply;

/// <summary>Deletes objects that are no longer in the source, and only what is its owner's own.</summary>
internal sealed class Deletion(KubeApi api)
{
    /// <summary>Deletes, in reverse order of applying.</summary>
    /// <returns>What was deleted or left alone, and what could not be deleted with the reason for the first of it.</returns>
    public async Task<(IReadOnlyList<AppliedChange> Changes, IReadOnlyList<InventoryEntry> Survivors, string? Error)> DeleteAsync(
        IEnumerable<InventoryEntry> entries,
        OwnerMarks marks,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<AppliedChange>();
        var survivors = new List<InventoryEntry>();
        string? error = null;
        foreach (var entry in ApplyOrder.ForDeletion(entries))
        {
            try
            {
                if (await DeleteOneAsync(entry, marks, cancellationToken) is { } action)
                    changes.Add(new AppliedChange(entry, action));
            }
            catch (KubeApiException exception)
            {
                survivors.Add(entry);
                error ??= $"{entry.Id.ToDisplay()} delete failed ({exception.Reason}): {exception.Message}";
            }
        }

        return (changes, survivors, error);
    }

    /// <summary>Waits until an object is gone.</summary>
    public async Task WaitAsync(InventoryEntry entry, CancellationToken cancellationToken)
    {
        if (await TypeAsync(entry, cancellationToken) is not { } type)
            return;
        var field = Uri.EscapeDataString($"metadata.name={entry.Id.Name}");
        var collection = $"{type.Collection(entry.Id.Namespace)}?fieldSelector={field}";
        while (true)
        {
            var list = await api.SendAsync(HttpMethod.Get, collection, null, "", cancellationToken);
            if (!KubeJson.Objects(list["items"]).Any())
                return;
            await foreach (var change in api.WatchAsync(collection, list.ResourceVersion(), cancellationToken))
            {
                if (change.Type == "DELETED")
                    return;
            }
        }
    }

    private async Task<string?> DeleteOneAsync(InventoryEntry entry, OwnerMarks marks, CancellationToken cancellationToken)
    {
        if (await TypeAsync(entry, cancellationToken) is not { } type)
            return null;
        var path = type.Object(entry.Id.Key);
        if (await api.FindAsync(path, cancellationToken) is not { } live || live.IsBeingDeleted())
            return null;
        // Another Kustomization, or nobody, has it now.
        if (!marks.AreOn(live) || OwnerMarks.IsKept(live))
            return AppliedChange.Skipped;
        return await api.DeleteAsync(path, cancellationToken) ? AppliedChange.Deleted : null;
    }

    // A kind that is no longer served has no objects left.
    private async Task<ResourceType?> TypeAsync(InventoryEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await api.Types.GetAsync(entry.Id.Group, entry.Version, entry.Id.Kind, cancellationToken);
        }
        catch (KubeApiException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }
}
