using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>Watches the objects and has them reconciled: when their spec changes, when asked, when their source or dependency moves on, and by interval.</summary>
internal sealed class GitOpsController : IDisposable
{
    private const int SourceWorkers = 2;
    private const int KustomizationWorkers = 4;

    private readonly KubeApi _api;
    private readonly TimeProvider _time;
    private readonly ReconcileQueue _git;
    private readonly ReconcileQueue _oci;
    private readonly ReconcileQueue _kustomizations;
    private readonly ConcurrentDictionary<ObjectKey, JsonObject> _knownKustomizations = new();
    private readonly ConcurrentDictionary<ObjectKey, JsonObject> _knownGit = new();

    public GitOpsController(EngineParts parts, Action<string, ObjectKey, Exception> onFailure)
    {
        _api = parts.Api;
        _time = parts.Time;
        _git = new ReconcileQueue(new GitRepositoryReconciler(parts).ReconcileAsync, parts.Time)
        {
            OnFailure = (key, exception) => onFailure("GitRepository", key, exception),
        };
        _oci = new ReconcileQueue(new OciRepositoryReconciler(parts).ReconcileAsync, parts.Time)
        {
            OnFailure = (key, exception) => onFailure("OCIRepository", key, exception),
        };
        _kustomizations = new ReconcileQueue(new KustomizationReconciler(parts).ReconcileAsync, parts.Time)
        {
            OnFailure = (key, exception) => onFailure("Kustomization", key, exception),
        };
    }

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            _git.RunAsync(SourceWorkers, cancellationToken),
            _oci.RunAsync(SourceWorkers, cancellationToken),
            _kustomizations.RunAsync(KustomizationWorkers, cancellationToken),
            WatchAsync(FluxApi.GitRepository, OnGitRepository, cancellationToken),
            WatchAsync(FluxApi.OciRepository, OnOciRepository, cancellationToken),
            WatchAsync(FluxApi.Kustomization, OnKustomization, cancellationToken)
        );

    /// <summary>A push happened somewhere: looks at all Git repositories now.</summary>
    public void Notify()
    {
        foreach (var key in _knownGit.Keys)
        {
            _git.Add(key);
        }
    }

    public void Dispose()
    {
        _git.Dispose();
        _oci.Dispose();
        _kustomizations.Dispose();
    }

    private Task WatchAsync(ResourceType type, Action<JsonObject?, JsonObject?> onChange, CancellationToken cancellationToken) =>
        new CollectionWatch(_api, type.Collection(null), _time).RunAsync(onChange, null, cancellationToken);

    private void OnGitRepository(JsonObject? before, JsonObject? after)
    {
        var key = (after ?? before)!.Key();
        if (after is null)
            _knownGit.TryRemove(key, out _);
        else
            _knownGit[key] = after;
        OnSource(_git, FluxApi.GitRepository, before, after);
    }

    private void OnOciRepository(JsonObject? before, JsonObject? after) => OnSource(_oci, FluxApi.OciRepository, before, after);

    private void OnSource(ReconcileQueue queue, ResourceType type, JsonObject? before, JsonObject? after)
    {
        if (IsCalledFor(before, after))
            queue.Add((after ?? before)!.Key());
        if (after is null || RevisionOf(before) == RevisionOf(after))
            return;
        foreach (var (key, kustomization) in _knownKustomizations)
        {
            var isMine =
                KubeJson.Text(kustomization.Spec()["sourceRef"]?["kind"]) == type.Kind
                && KustomizationDefaults.SourceOf(kustomization) == after.Key();
            if (isMine)
                _kustomizations.Add(key);
        }
    }

    private void OnKustomization(JsonObject? before, JsonObject? after)
    {
        var key = (after ?? before)!.Key();
        if (after is null)
            _knownKustomizations.TryRemove(key, out _);
        else
            _knownKustomizations[key] = after;
        if (IsCalledFor(before, after))
            _kustomizations.Add(key);
        if (after is null || IsReadyAt(after) is not { } ready || ready == (before is null ? null : IsReadyAt(before)))
            return;
        foreach (var (other, kustomization) in _knownKustomizations)
        {
            if (KustomizationDefaults.DependenciesOf(kustomization).Contains(key))
                _kustomizations.Add(other);
        }
    }

    // A change of status alone is our own doing.
    private static bool IsCalledFor(JsonObject? before, JsonObject? after) =>
        before is null
        || after is null
        || before.Generation() != after.Generation()
        || before.Uid() != after.Uid()
        || before.IsBeingDeleted() != after.IsBeingDeleted()
        || before.Annotation(FluxApi.RequestedAt) != after.Annotation(FluxApi.RequestedAt)
        || before.Annotation(FluxApi.HistoryAnnotation) != after.Annotation(FluxApi.HistoryAnnotation);

    private static string? RevisionOf(JsonObject? source) => KubeJson.Text(source?.Child("status", "artifact")?["revision"]);

    private static string? IsReadyAt(JsonObject kustomization) =>
        KubeJson.Text(kustomization.Condition(ConditionList.Ready)?["status"]) == "True"
        && KubeJson.Number(kustomization.Status()["observedGeneration"]) == kustomization.Generation()
            ? KubeJson.Text(kustomization.Status()["lastAppliedRevision"])
            : null;
}
