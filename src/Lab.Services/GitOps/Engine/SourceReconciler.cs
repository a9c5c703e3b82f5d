using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>What all sources have in common: they are fetched into an artifact, or keep the last good one and say why.</summary>
/// <param name="parts">What the reconcilers share.</param>
/// <param name="type">The kind of source.</param>
/// <param name="folder">The name of the folder that they are fetched into.</param>
internal abstract class SourceReconciler(EngineParts parts, ResourceType type, string folder)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly EventRecorder _events = new(parts.Api, "source-controller", parts.Time);
    private readonly Dictionary<ObjectKey, int> _failures = [];

    protected EngineParts Parts { get; } = parts;

    protected SecretReader Secrets { get; } = new(parts.Api);

    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken superseded, CancellationToken cancellationToken)
    {
        if (await Parts.Api.FindAsync(type.Object(key), cancellationToken) is not { } item)
            return null;
        var work = new ObjectUnderWork(Parts.Api, type, FluxApi.SourceManager, item, Parts.Time);
        if (item.IsBeingDeleted())
        {
            Forget(key);
            await work.RemoveFinalizerAsync(cancellationToken);
            return null;
        }

        // The answer's version is newer than what was read: go on with a fresh copy.
        if (await work.AddFinalizerAsync(cancellationToken))
            return TimeSpan.Zero;
        if (KubeJson.Flag(work.Spec["suspend"]))
            return null;
        if (work.IsNews)
        {
            work.Conditions.Unknown(ConditionList.Ready, "Progressing", "reconciliation in progress");
            work.Conditions.True(ConditionList.Reconciling, "Progressing", "reconciliation in progress");
            await work.SaveAsync(cancellationToken);
        }

        var next = await TryAsync(work, cancellationToken);
        if (item.Annotation(FluxApi.RequestedAt) is { } asked)
            work.Status["lastHandledReconcileAt"] = asked;
        await work.SaveAsync(cancellationToken);
        return next;
    }

    private async Task<TimeSpan?> TryAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        var timeout = GoDuration.TryParse(KubeJson.Text(work.Spec["timeout"])) ?? DefaultTimeout;
        using var deadline = new CancellationTokenSource(timeout, Parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await FetchAsync(work, either.Token);
            lock (_failures)
                _failures.Remove(work.Key);
            return work.Interval;
        }
        catch (SourceException exception)
        {
            return await FailAsync(work, exception, cancellationToken);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(work, Late(GoDuration.Format(timeout)), cancellationToken);
        }
    }

    /// <summary>Fetches, and says so in the status.</summary>
    /// <exception cref="SourceException">It cannot be fetched, or must not be used.</exception>
    protected abstract Task FetchAsync(ObjectUnderWork work, CancellationToken cancellationToken);

    /// <summary>The failure to be told of when the source's time is over.</summary>
    protected abstract SourceException Late(string timeout);

    /// <summary>A failure as its condition tells it.</summary>
    protected virtual string Explain(SourceException exception) => exception.Message;

    /// <summary>Says that the artifact is in place.</summary>
    /// <param name="work">The source.</param>
    /// <param name="message">What the conditions say.</param>
    /// <param name="news">What an event says of an artifact that is new.</param>
    /// <param name="revision">The artifact's revision.</param>
    /// <param name="isNew">Whether it is new.</param>
    /// <param name="cancellationToken">Cancels.</param>
    protected async Task SucceedAsync(
        ObjectUnderWork work,
        string message,
        string news,
        string revision,
        bool isNew,
        CancellationToken cancellationToken
    )
    {
        var wasFailing = work.Conditions.IsFalse(ConditionList.Ready);
        work.Conditions.True(ConditionList.ArtifactInStorage, "Succeeded", message);
        work.Conditions.True(ConditionList.Ready, "Succeeded", message);
        work.Conditions.Remove(ConditionList.Reconciling, ConditionList.Stalled);
        work.Status["observedGeneration"] = work.Item.Generation();
        // Events are told after the status, which is what is waited for.
        await work.SaveAsync(cancellationToken);
        if (isNew || wasFailing)
            await _events.NormalAsync(work.Item, isNew ? "NewArtifact" : "Succeeded", news, revision, cancellationToken);
    }

    /// <summary>Notes down, or removes, what was observed in a field of the spec.</summary>
    protected static void Observe(ObjectUnderWork work, string field, JsonNode? value)
    {
        if (value is null)
            work.Status.Remove(field);
        else
            work.Status[field] = value.DeepClone();
    }

    protected static SourceException Unsupported(string field) =>
        new(SourceException.Unsupported, $"spec.{field} is not supported by the embedded engine", stalled: true);

    /// <summary>A folder of the source's own.</summary>
    protected string FolderOf(ObjectKey key) => Path.Combine(Parts.WorkFolder, folder, key.Namespace, key.Name);

    private async Task<TimeSpan?> FailAsync(ObjectUnderWork work, SourceException exception, CancellationToken cancellationToken)
    {
        var (reason, message) = (exception.Reason, Explain(exception));
        if (exception.IsAboutTrust)
            work.Conditions.False(ConditionList.SourceVerified, reason, message);
        else
            work.Conditions.True(ConditionList.FetchFailed, reason, message);
        work.Conditions.False(ConditionList.Ready, reason, message);
        if (exception.IsStalled)
        {
            work.Conditions.True(ConditionList.Stalled, reason, message);
            work.Conditions.Remove(ConditionList.Reconciling);
            work.Status["observedGeneration"] = work.Item.Generation();
        }
        else
        {
            work.Conditions.True(ConditionList.Reconciling, "ProgressingWithRetry", "reconciliation in progress");
        }

        await work.SaveAsync(cancellationToken);
        await _events.WarningAsync(work.Item, reason, message, null, cancellationToken);
        return exception.IsStalled ? null : BackOff(work);
    }

    // From one second up to the interval.
    private TimeSpan BackOff(ObjectUnderWork work)
    {
        lock (_failures)
        {
            var count = _failures[work.Key] = _failures.GetValueOrDefault(work.Key) + 1;
            var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(count - 1, 10)));
            return pause < work.Interval ? pause : work.Interval;
        }
    }

    private void Forget(ObjectKey key)
    {
        Parts.Artifacts.Remove(type.Kind, key);
        if (Directory.Exists(FolderOf(key)))
            Directory.Delete(FolderOf(key), recursive: true);
    }
}
