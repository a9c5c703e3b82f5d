using System.Diagnostics;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Build;
using Lab.Services.GitOps.Health;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Makes the cluster what a Kustomization's source says: build, apply, prune, health; with Flux's conditions at each step.</summary>
internal sealed class KustomizationReconciler(EngineParts parts)
{
    // Flux's --requeue-dependency is 30 s; a dependency that becomes ready is noticed at once anyway.
    private static readonly TimeSpan DependencyPause = TimeSpan.FromSeconds(5);

    private readonly EventRecorder _events = new(parts.Api, "kustomize-controller", parts.Time);

    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken superseded, CancellationToken cancellationToken)
    {
        if (await parts.Api.FindAsync(FluxApi.Kustomization.Object(key), cancellationToken) is not { } item)
            return null;
        var work = new ObjectUnderWork(parts.Api, FluxApi.Kustomization, FluxApi.KustomizeManager, item, parts.Time);
        if (item.IsBeingDeleted())
        {
            await new KustomizationFinalizer(parts, _events).FinalizeAsync(work, cancellationToken);
            return null;
        }

        if (await work.AddFinalizerAsync(cancellationToken))
            return TimeSpan.Zero;
        if (KubeJson.Flag(work.Spec["suspend"]))
            return null;
        try
        {
            return await TryAsync(work, superseded, cancellationToken);
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                await FinishAsync(work, cancellationToken);
        }
    }

    private static async Task FinishAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        if (work.Item.Annotation(FluxApi.RequestedAt) is { } asked)
            work.Status["lastHandledReconcileAt"] = asked;
        if (work.Conditions.IsTrue(ConditionList.Ready))
        {
            work.Conditions.Remove(ConditionList.Reconciling, ConditionList.Stalled);
            work.Status["observedGeneration"] = work.Item.Generation();
        }
        else if (work.Conditions.IsFalse(ConditionList.Ready) && work.Conditions.Find(ConditionList.Reconciling) is { } progress)
        {
            work.Conditions.True(ConditionList.Reconciling, "ProgressingWithRetry", KubeJson.Text(progress["message"]) ?? "");
        }

        await work.SaveAsync(cancellationToken);
    }

    private async Task<TimeSpan?> TryAsync(
        ObjectUnderWork work,
        CancellationToken superseded,
        CancellationToken cancellationToken
    )
    {
        var retry = GoDuration.TryParse(KubeJson.Text(work.Spec["retryInterval"])) ?? work.Interval;
        string? revision = null;
        try
        {
            RefuseUnsupported(work.Spec);
            var artifact = await FindArtifactAsync(work, cancellationToken);
            if (artifact is null)
            {
                work.Conditions.False(
                    ConditionList.Ready,
                    "ArtifactFailed",
                    $"Source artifact not found, retrying in {GoDuration.Format(DependencyPause)}"
                );
                return DependencyPause;
            }

            revision = artifact.Revision;
            await new DependencyCheck(parts.Api).RequireAsync(work.Item, artifact.Revision, cancellationToken);
            await ApplyAsync(work, artifact, superseded, cancellationToken);
            return work.Interval;
        }
        catch (ReconcileException exception)
        {
            work.Conditions.False(ConditionList.Ready, exception.Reason, exception.Message);
            if (exception.Reason == ReconcileException.Superseded)
                return TimeSpan.Zero;
            // The status first: it is what is waited for.
            await FinishAsync(work, cancellationToken);
            if (exception.Reason == ReconcileException.DependencyNotReady)
            {
                var message = $"Dependencies do not meet ready condition, retrying in {GoDuration.Format(DependencyPause)}";
                await _events.NormalAsync(work.Item, exception.Reason, message, revision, cancellationToken);
                return DependencyPause;
            }

            await _events.WarningAsync(work.Item, exception.Reason, exception.Message, revision, cancellationToken);
            return retry;
        }
    }

    private async Task ApplyAsync(
        ObjectUnderWork work,
        Artifact artifact,
        CancellationToken superseded,
        CancellationToken cancellationToken
    )
    {
        var timeout = KustomizationDefaults.TimeoutOf(work);
        var before = InventoryEntry.Read(work.Status);
        var isNew = KubeJson.Text(work.Status["lastAppliedRevision"]) != artifact.Revision;
        await ProgressAsync(
            work,
            isNew,
            $"Building manifests for revision {artifact.Revision} with a timeout of {GoDuration.Format(timeout)}",
            cancellationToken
        );
        var objects = await BuildAsync(work, artifact, timeout, cancellationToken);
        await ProgressAsync(
            work,
            isNew,
            $"Detecting drift for revision {artifact.Revision} with a timeout of {GoDuration.Format(timeout)}",
            cancellationToken
        );
        var changes = await ApplyStagesAsync(work, objects, artifact.Revision, timeout, cancellationToken);
        var inventory = changes.Select(change => change.Entry).ToList();
        work.Status["inventory"] = InventoryEntry.ToJson(inventory);
        await PruneAsync(work, before, inventory, artifact.Revision, cancellationToken);
        await CheckHealthAsync(work, changes, artifact.Revision, timeout, superseded, cancellationToken);
        work.Status["lastAppliedRevision"] = artifact.Revision;
        work.Conditions.True(ConditionList.Ready, "ReconciliationSucceeded", $"Applied revision: {artifact.Revision}");
    }

    private static async Task ProgressAsync(
        ObjectUnderWork work,
        bool isNewRevision,
        string message,
        CancellationToken cancellationToken
    )
    {
        // A look for drift leaves no trace as long as it finds none: each write would wake all who watch.
        if (work.Conditions.IsTrue(ConditionList.Ready) && !work.IsNews && !isNewRevision)
            return;
        work.Conditions.Unknown(ConditionList.Ready, "Progressing", "Reconciliation in progress");
        work.Conditions.True(ConditionList.Reconciling, "Progressing", message);
        await work.SaveAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<JsonObject>> BuildAsync(
        ObjectUnderWork work,
        Artifact artifact,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var folder = Path.Combine(parts.WorkFolder, "build", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        using var deadline = new CancellationTokenSource(timeout, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await parts.Artifacts.ExtractAsync(artifact, folder, either.Token);
            work.Status["lastAttemptedRevision"] = artifact.Revision;
            return await parts.Builder.BuildAsync(folder, BuildSpec.Read(work.Spec), either.Token);
        }
        catch (SourceException exception)
        {
            throw new ReconcileException(ReconcileException.ArtifactFailed, exception.Message, exception);
        }
        catch (BuildException exception)
        {
            throw new ReconcileException(ReconcileException.BuildFailed, exception.Message, exception);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ReconcileException(
                ReconcileException.BuildFailed,
                $"kustomize build failed: not done within {GoDuration.Format(timeout)}"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<AppliedChange>> ApplyStagesAsync(
        ObjectUnderWork work,
        IReadOnlyList<JsonObject> objects,
        string revision,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<AppliedChange>();
        try
        {
            var applier = new Applier(parts.Api, new OwnerMarks(work.Key), KubeJson.Flag(work.Spec["force"]));
            foreach (var stage in ApplyOrder.Stages(objects))
            {
                var made = await applier.ApplyAsync(stage, cancellationToken);
                changes.AddRange(made);
                var fresh = made.Where(change =>
                    change.IsChange && ApplyOrder.IsDefinition(change.Entry.Id.Kind, change.Entry.Id.Group)
                );
                await new HealthWaiter(parts.Api, parts.Time).WaitAsync(
                    [.. fresh.Select(change => change.Entry)],
                    timeout,
                    cancellationToken
                );
            }
        }
        catch (Exception exception) when (exception is ApplyException or HealthCheckException)
        {
            throw new ReconcileException(
                ReconcileException.ReconciliationFailed,
                $"{exception.Message}\n{Log(changes)}".TrimEnd(),
                exception
            );
        }

        if (changes.Exists(change => change.IsChange))
            await _events.NormalAsync(work.Item, "Progressing", Log(changes), revision, cancellationToken);
        return changes;
    }

    private async Task PruneAsync(
        ObjectUnderWork work,
        IReadOnlyList<InventoryEntry> before,
        List<InventoryEntry> now,
        string revision,
        CancellationToken cancellationToken
    )
    {
        if (!KubeJson.Flag(work.Spec["prune"]))
            return;
        var kept = now.Select(entry => entry.Id).ToHashSet();
        var stale = before.Where(entry => !kept.Contains(entry.Id)).ToList();
        var (changes, survivors, error) = await new Deletion(parts.Api).DeleteAsync(
            stale,
            new OwnerMarks(work.Key),
            cancellationToken
        );
        if (error is not null)
        {
            // What could not be deleted must be tried again, so it stays in the inventory.
            work.Status["inventory"] = InventoryEntry.ToJson(now.Concat(survivors));
            throw new ReconcileException(ReconcileException.PruneFailed, error);
        }

        if (changes.Any(change => change.IsChange))
            await _events.NormalAsync(work.Item, "Progressing", Log(changes), revision, cancellationToken);
    }

    private async Task CheckHealthAsync(
        ObjectUnderWork work,
        IReadOnlyList<AppliedChange> changes,
        string revision,
        TimeSpan timeout,
        CancellationToken superseded,
        CancellationToken cancellationToken
    )
    {
        var entries = KustomizationDefaults.HealthChecksOf(work, changes);
        if (entries.Count == 0)
        {
            work.Conditions.Remove(ConditionList.Healthy);
            return;
        }

        var wasHealthy = work.Conditions.IsTrue(ConditionList.Healthy);
        var isNews = changes.Any(change => change.IsChange) || KubeJson.Text(work.Status["lastAppliedRevision"]) != revision;
        if (!wasHealthy || isNews)
        {
            var message = $"Running health checks for revision {revision} with a timeout of {GoDuration.Format(timeout)}";
            work.Conditions.Unknown(ConditionList.Ready, "Progressing", "Reconciliation in progress");
            work.Conditions.True(ConditionList.Reconciling, "Progressing", message);
            work.Conditions.Unknown(ConditionList.Healthy, "Progressing", message);
            await work.SaveAsync(cancellationToken);
        }

        var started = Stopwatch.GetTimestamp();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(superseded, cancellationToken);
        try
        {
            await new HealthWaiter(parts.Api, parts.Time).WaitAsync(entries, timeout, either.Token);
        }
        catch (HealthCheckException exception)
        {
            work.Conditions.False(ConditionList.Healthy, ReconcileException.HealthCheckFailed, exception.Message);
            throw new ReconcileException(
                ReconcileException.HealthCheckFailed,
                $"health check failed after {GoDuration.Format(Stopwatch.GetElapsedTime(started))}: {exception.Message}",
                exception
            );
        }
        catch (OperationCanceledException) when (superseded.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ReconcileException(ReconcileException.Superseded, "New reconciliation triggered, health checks canceled");
        }

        if (wasHealthy && !isNews)
            return;
        var passed = $"Health check passed in {GoDuration.Format(Stopwatch.GetElapsedTime(started))}";
        work.Conditions.True(ConditionList.Healthy, "Succeeded", passed);
        await _events.NormalAsync(work.Item, "Progressing", passed, revision, cancellationToken);
    }

    private async Task<Artifact?> FindArtifactAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        var reference = work.Spec["sourceRef"] as JsonObject ?? [];
        var kind = KubeJson.Text(reference["kind"]);
        var key = KustomizationDefaults.SourceOf(work.Item);
        if (FluxApi.SourceOf(kind) is not { } type)
            throw new ReconcileException(ReconcileException.ArtifactFailed, $"source `{key.Name}` kind '{kind}' not supported");
        var source =
            await parts.Api.FindAsync(type.Object(key), cancellationToken)
            ?? throw new ReconcileException(
                ReconcileException.ArtifactFailed,
                $"{type.Plural}.{type.Group} \"{key.Name}\" not found"
            );
        return Artifact.Read(source.Status()["artifact"] as JsonObject);
    }

    private static void RefuseUnsupported(JsonObject spec)
    {
        foreach (
            var field in (string[])["decryption", "kubeConfig", "serviceAccountName", "postBuild", "healthCheckExprs", "ignore"]
        )
        {
            // Left out silently, any of these would apply something else than was meant.
            if (spec[field] is not null)
                throw new ReconcileException(
                    ReconcileException.BuildFailed,
                    $"spec.{field} is not supported by the embedded engine"
                );
        }
    }

    private static string Log(IEnumerable<AppliedChange> changes) =>
        string.Join('\n', changes.Where(change => change.IsChange).Select(change => change.ToString()));
}
