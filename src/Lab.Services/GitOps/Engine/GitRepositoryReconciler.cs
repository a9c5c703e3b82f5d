using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps.Engine;

/// <summary>Makes an artifact of what a GitRepository names: fetched, verified, unrewritten, harmless; else the last good one stays.</summary>
internal sealed class GitRepositoryReconciler(EngineParts parts)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly EventRecorder _events = new(parts.Api, "source-controller", parts.Time);
    private readonly SecretReader _secrets = new(parts.Api);
    private readonly Dictionary<ObjectKey, int> _failures = [];

    public async Task<TimeSpan?> ReconcileAsync(ObjectKey key, CancellationToken superseded, CancellationToken cancellationToken)
    {
        if (await parts.Api.FindAsync(FluxApi.GitRepository.Object(key), cancellationToken) is not { } item)
            return null;
        var work = new ObjectUnderWork(parts.Api, FluxApi.GitRepository, FluxApi.SourceManager, item, parts.Time);
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
        using var deadline = new CancellationTokenSource(timeout, parts.Time);
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
            var late = new SourceException(
                SourceException.GitOperationFailed,
                $"failed to checkout and determine revision: not done within {GoDuration.Format(timeout)}"
            );
            return await FailAsync(work, late, cancellationToken);
        }
    }

    private async Task FetchAsync(ObjectUnderWork work, CancellationToken cancellationToken)
    {
        RefuseUnsupported(work.Spec);
        var (key, spec) = (work.Key, work.Spec);
        var before = Artifact.Read(work.Status["artifact"] as JsonObject);
        var folder = Directory.CreateDirectory(FolderOf(key)).FullName;
        var secret = await _secrets.ReadAsync(
            key.Namespace,
            spec["secretRef"],
            SourceException.AuthenticationFailed,
            cancellationToken
        );
        var remote = GitRemote.Create(KubeJson.Text(spec["url"]) ?? "", secret, folder);
        var git = new GitTool(folder, parts.Limits.Pack);
        var mirror = new GitMirror(git, Path.Combine(folder, "mirror.git"));
        var reference = GitReference.Read(spec["ref"] as JsonObject);
        var accepted = MustDescendFrom(work, reference, before);
        var checkout = await mirror.FetchAsync(remote, reference, accepted, cancellationToken);
        work.Conditions.Remove(ConditionList.FetchFailed);
        await VerifyAsync(work, git, mirror, checkout, cancellationToken);
        if (accepted is not null && !await mirror.DescendsAsync(checkout.Commit, accepted, cancellationToken))
            throw new SourceException(
                SourceException.HistoryRewritten,
                $"history was rewritten: {checkout.Revision} does not descend from sha1:{accepted}, which was accepted last"
            );
        await StoreAsync(work, git, mirror, checkout, before, cancellationToken);
        await mirror.AcceptAsync(checkout.Commit, cancellationToken);
    }

    // Only a branch is a history; a tag or commit is asked for by name.
    private static string? MustDescendFrom(ObjectUnderWork work, GitReference reference, Artifact? before)
    {
        if (work.Item.Annotation(FluxApi.HistoryAnnotation) != FluxApi.FastForward)
            return null;
        if (reference is not { Commit: null, Name: null, Semver: null, Tag: null })
            return null;
        var last = GitRevision.TryParse(before?.Revision);
        return last?.Reference == reference.BranchOrDefault ? last.Commit : null;
    }

    private async Task VerifyAsync(
        ObjectUnderWork work,
        GitTool git,
        GitMirror mirror,
        GitCheckout checkout,
        CancellationToken cancellationToken
    )
    {
        if (work.Spec["verify"] is not JsonObject verify)
        {
            work.Conditions.Remove(ConditionList.SourceVerified);
            work.Status.Remove("sourceVerificationMode");
            return;
        }

        var mode = KubeJson.Text(verify["mode"]) is { } said && said != "head" ? said : "HEAD";
        var keys = await _secrets.ReadAsync(
            work.Key.Namespace,
            verify["secretRef"],
            SourceException.VerificationError,
            cancellationToken
        );
        var verifier = new SignatureVerifier(git, FolderOf(work.Key));
        var verified = new List<string>();
        if (mode is "Tag" or "TagAndHEAD")
        {
            if (checkout.TagName is not { } name)
                throw new SourceException(
                    SourceException.InvalidVerificationMode,
                    "cannot verify tag object's signature if a tag reference is not specified",
                    stalled: true
                );
            if (checkout.TagObject is not { } tag)
                throw new SourceException(
                    SourceException.InvalidGitObject,
                    $"cannot verify signature of tag '{name}' since it is not signed"
                );
            var signer = await verifier.VerifyAsync(mirror.Folder, SignedObject.Tag(tag, name), keys, cancellationToken);
            verified.Add($"tag '{name}' with key '{signer}'");
        }

        if (mode is "HEAD" or "TagAndHEAD")
        {
            var signer = await verifier.VerifyAsync(mirror.Folder, SignedObject.Commit(checkout.Commit), keys, cancellationToken);
            verified.Add($"commit '{checkout.Commit}' with key '{signer}'");
        }

        work.Status["sourceVerificationMode"] = mode;
        work.Conditions.True(
            ConditionList.SourceVerified,
            "Succeeded",
            "verified signature of\n\t- " + string.Join("\n\t- ", verified)
        );
    }

    private async Task StoreAsync(
        ObjectUnderWork work,
        GitTool git,
        GitMirror mirror,
        GitCheckout checkout,
        Artifact? before,
        CancellationToken cancellationToken
    )
    {
        var ignore = KubeJson.Text(work.Spec["ignore"]);
        var revision = checkout.Revision.ToString();
        var isSame =
            before?.Revision == revision
            && ignore == KubeJson.Text(work.Status["observedIgnore"])
            && await parts.Artifacts.HasAsync(before, cancellationToken);
        if (!isSame)
        {
            var tree = new GitTree(git, mirror.Folder, parts.Limits);
            var files = await tree.ReadAsync(
                checkout.Commit,
                new GitIgnore(git, mirror.Folder, FolderOf(work.Key), ignore),
                cancellationToken
            );
            var artifact = await parts.Artifacts.WriteAsync(
                FluxApi.GitRepository.Kind,
                work.Key,
                revision,
                checkout.Commit,
                files,
                cancellationToken
            );
            work.Status["artifact"] = artifact.ToJson(parts.Time.GetUtcNow());
            if (ignore is null)
                work.Status.Remove("observedIgnore");
            else
                work.Status["observedIgnore"] = ignore;
        }

        var wasFailing = work.Conditions.IsFalse(ConditionList.Ready);
        var message = $"stored artifact for revision '{revision}'";
        work.Conditions.True(ConditionList.ArtifactInStorage, "Succeeded", message);
        work.Conditions.True(ConditionList.Ready, "Succeeded", message);
        work.Conditions.Remove(ConditionList.Reconciling, ConditionList.Stalled);
        work.Status["observedGeneration"] = work.Item.Generation();
        // Events are told after the status, which is what is waited for.
        await work.SaveAsync(cancellationToken);
        if (!isSame || wasFailing)
            await _events.NormalAsync(
                work.Item,
                isSame ? "Succeeded" : "NewArtifact",
                $"stored artifact for commit '{checkout.Subject}'",
                revision,
                cancellationToken
            );
    }

    private async Task<TimeSpan?> FailAsync(ObjectUnderWork work, SourceException exception, CancellationToken cancellationToken)
    {
        var (reason, message) = (exception.Reason, exception.Message);
        if (exception.Reason == SourceException.GitOperationFailed && !exception.IsStalled)
            message = $"failed to checkout and determine revision: {message}";
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

    private static void RefuseUnsupported(JsonObject spec)
    {
        foreach (var field in (string[])["include", "sparseCheckout", "proxySecretRef"])
        {
            if (spec[field] is not null)
                throw Unsupported(field);
        }

        if (KubeJson.Flag(spec["recurseSubmodules"]))
            throw Unsupported("recurseSubmodules");
        if (KubeJson.Text(spec["provider"]) is not (null or "generic"))
            throw Unsupported("provider");
    }

    private static SourceException Unsupported(string field) =>
        new(SourceException.Unsupported, $"spec.{field} is not supported by the embedded engine", stalled: true);

    private void Forget(ObjectKey key)
    {
        parts.Artifacts.Remove(FluxApi.GitRepository.Kind, key);
        if (Directory.Exists(FolderOf(key)))
            Directory.Delete(FolderOf(key), recursive: true);
    }

    private string FolderOf(ObjectKey key) => Path.Combine(parts.WorkFolder, "git", key.Namespace, key.Name);
}
