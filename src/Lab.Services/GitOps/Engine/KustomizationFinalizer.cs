using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;

namespace Lab.Services.GitOps.Engine;

/// <summary>What happens when a Kustomization is deleted: what it applied goes with it, where it prunes and is not suspended.</summary>
internal sealed class KustomizationFinalizer(EngineParts parts, EventRecorder events)
{
    public async Task FinalizeAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        if (MustDelete(work))
        {
            var (changes, _, error) = await new Deletion(parts.Api).DeleteAsync(
                InventoryEntry.Read(work.Status),
                new OwnerMarks(work.Key),
                cancellationToken
            );
            var revision = KubeJson.Text(work.Status["lastAppliedRevision"]);
            if (error is not null)
            {
                await events.WarningAsync(
                    work.Item,
                    ReconcileException.PruneFailed,
                    $"pruning for deleted resource failed: {error}",
                    revision,
                    cancellationToken
                );
                // Thrown on, so that it is tried again.
                throw new ApplyException(error);
            }

            var gone = changes.Where(change => change.IsChange).ToList();
            if (gone.Count > 0)
                await events.NormalAsync(work.Item, "Progressing", string.Join('\n', gone), revision, cancellationToken);
            if (KubeJson.Text(work.Spec["deletionPolicy"]) == "WaitForTermination")
                await WaitAsync(work, gone, cancellationToken);
        }

        await work.RemoveFinalizerAsync(cancellationToken);
    }

    private async Task WaitAsync(ObjectUnderWork work, List<AppliedChange> gone, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(KustomizationDefaults.TimeoutOf(work), parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            foreach (var change in gone)
            {
                await new Deletion(parts.Api).WaitAsync(change.Entry, either.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await events.WarningAsync(
                work.Item,
                ReconcileException.PruneFailed,
                "failed to wait for resources termination",
                null,
                cancellationToken
            );
        }
    }

    private static bool MustDelete(ObjectUnderWork work) =>
        !KubeJson.Flag(work.Spec["suspend"])
        && KubeJson.Text(work.Spec["deletionPolicy"]) switch
        {
            "Delete" or "WaitForTermination" => true,
            "Orphan" => false,
            _ => KubeJson.Flag(work.Spec["prune"]),
        };
}
