using System.Text.Json.Nodes;
using k8s;
using Lab.Model.Errors;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Build;
using Lab.Services.GitOps.Engine;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.GitOps;

/// <summary>What a person does with GitOps objects, whichever engine acts on them: look, ask, suspend, compare.</summary>
public sealed class GitOpsClient(KubernetesClientConfiguration cluster, TimeProvider time) : IDisposable
{
    private static readonly ResourceType[] Types = [FluxApi.GitRepository, FluxApi.OciRepository, FluxApi.Kustomization];

    private readonly KubeApi _api = new(cluster);

    /// <summary>All sources and Kustomizations of the cluster, sources first.</summary>
    /// <exception cref="LabException">The API cannot be reached or does not have these kinds.</exception>
    public Task<IReadOnlyList<SyncObject>> ListAsync(CancellationToken cancellationToken) =>
        GuardAsync<IReadOnlyList<SyncObject>>(async () =>
        {
            var all = new List<SyncObject>();
            foreach (var type in Types)
            {
                var list = await _api.SendAsync(HttpMethod.Get, type.Collection(null), null, "", cancellationToken);
                all.AddRange(KubeJson.Objects(list["items"]).Select(item => Describe(type, item)));
            }

            return all;
        });

    /// <summary>Asks for a reconciliation and waits until it was done.</summary>
    /// <returns>How the object stands then.</returns>
    /// <exception cref="LabException">There is no such object, it is suspended, or nothing was done within the deadline.</exception>
    public Task<SyncObject> ReconcileAsync(
        string kind,
        string inNamespace,
        string name,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(async () =>
        {
            var type = TypeOf(kind);
            var key = new ObjectKey(inNamespace, name);
            var item = await RequireAsync(type, key, cancellationToken);
            if (KubeJson.Flag(item.Spec()["suspend"]))
                throw new LabException($"{kind} {key} is suspended", "gitops", "resume it: hwlab gitops resume");
            var asked = await new ReconcileRequests(_api, time).AskAsync(type, key, cancellationToken);
            return Describe(type, await WaitAsync(type, key, asked, deadline, cancellationToken));
        });

    /// <summary>Suspends an object, or lets it go on.</summary>
    /// <exception cref="LabException">There is no such object.</exception>
    public Task SuspendAsync(string kind, string inNamespace, string name, bool suspend, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var type = TypeOf(kind);
            var key = new ObjectKey(inNamespace, name);
            await RequireAsync(type, key, cancellationToken);
            await new ReconcileRequests(_api, time).SuspendAsync(type, key, suspend, cancellationToken);
            return true;
        });

    /// <summary>What reconciling a Kustomization would change, with the manifests of a folder in the place of its source's.</summary>
    /// <param name="inNamespace">The Kustomization's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="folder">The folder that stands for the source; null for the artifact that the source has now, which must be on this host.</param>
    /// <param name="kustomize">The program: <see cref="KustomizeTool"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">There is no such object or artifact.</exception>
    /// <exception cref="RigException">The manifests cannot be built, or the API would refuse them.</exception>
    public Task<IReadOnlyList<SyncDifference>> CompareAsync(
        string inNamespace,
        string name,
        string? folder,
        string kustomize,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(async () =>
        {
            var key = new ObjectKey(inNamespace, name);
            var item = await RequireAsync(FluxApi.Kustomization, key, cancellationToken);
            var work = Directory.CreateTempSubdirectory("hwlab-diff-");
            try
            {
                if (folder is null)
                    await ExtractAsync(item, work.FullName, cancellationToken);
                else
                    Copy(folder, work.FullName);
                var objects = await new ManifestBuilder(kustomize).BuildAsync(
                    work.FullName,
                    BuildSpec.Read(item.Spec()),
                    cancellationToken
                );
                return await CompareAsync(item, objects, cancellationToken);
            }
            catch (Exception exception) when (exception is BuildException or ApplyException or SourceException)
            {
                throw new RigException(exception.Message, $"Kustomization {key}", inner: exception);
            }
            finally
            {
                work.Delete(recursive: true);
            }
        });

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();

    private async Task<IReadOnlyList<SyncDifference>> CompareAsync(
        JsonObject kustomization,
        IReadOnlyList<JsonObject> objects,
        CancellationToken cancellationToken
    )
    {
        var applier = new Applier(_api, new OwnerMarks(kustomization.Key()), KubeJson.Flag(kustomization.Spec()["force"]));
        var differences = new List<SyncDifference>();
        var kept = new HashSet<ObjectId>();
        foreach (var item in ApplyOrder.Stages(objects).SelectMany(stage => stage))
        {
            var plan = await applier.PlanAsync(item, mayTakeOver: false, cancellationToken);
            kept.Add(plan.Change.Entry.Id);
            var lines = plan is { Applied: { } applied, Change.IsChange: true } ? Drift.Describe(plan.Live, applied) : [];
            differences.Add(new SyncDifference(plan.Change.Entry.Id.ToDisplay(), plan.Change.Action, lines));
        }

        if (KubeJson.Flag(kustomization.Spec()["prune"]))
            differences.AddRange(
                InventoryEntry
                    .Read(kustomization.Status())
                    .Where(entry => !kept.Contains(entry.Id))
                    .Select(entry => new SyncDifference(entry.Id.ToDisplay(), AppliedChange.Deleted, []))
            );
        return differences;
    }

    private async Task ExtractAsync(JsonObject kustomization, string target, CancellationToken cancellationToken)
    {
        var kind = KubeJson.Text(kustomization.Spec()["sourceRef"]?["kind"]);
        var type = FluxApi.SourceOf(kind) ?? throw new LabException($"sources of kind {kind} are not supported", "gitops");
        var source = await RequireAsync(type, KustomizationDefaults.SourceOf(kustomization), cancellationToken);
        var artifact = Artifact.Read(source.Status()["artifact"] as JsonObject);
        const string remedy = "name a folder with --path";
        if (artifact is null)
            throw new LabException("the source has no artifact yet", "gitops", remedy);
        var url = new Uri(artifact.Url);
        if (!url.IsFile || !File.Exists(url.LocalPath))
            throw new LabException($"the source's artifact is not on this host: {artifact.Url}", "gitops", remedy);
        var root = url.LocalPath[..^artifact.Path.Length];
        await new ArtifactStore(root).ExtractAsync(artifact, target, cancellationToken);
    }

    private async Task<JsonObject> WaitAsync(
        ResourceType type,
        ObjectKey key,
        string asked,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var done = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        var collection = $"{type.Collection(key.Namespace)}?fieldSelector=metadata.name%3D{Uri.EscapeDataString(key.Name)}";
        var watch = new CollectionWatch(_api, collection, time).RunAsync(
            (_, after) =>
            {
                if (KubeJson.Text(after?.Status()["lastHandledReconcileAt"]) == asked)
                    done.TrySetResult(after!);
            },
            null,
            ending.Token
        );
        await Task.WhenAny(done.Task, watch);
        await ending.CancelAsync();
        await watch;
        cancellationToken.ThrowIfCancellationRequested();
        return done.Task.IsCompletedSuccessfully
            ? await done.Task
            : throw new LabException(
                $"{type.Kind} {key} was not reconciled within {GoDuration.Format(deadline)}",
                "gitops",
                "see that its engine runs: in a run of the lab, or by hwlab gitops run"
            );
    }

    private async Task<JsonObject> RequireAsync(ResourceType type, ObjectKey key, CancellationToken cancellationToken) =>
        await _api.FindAsync(type.Object(key), cancellationToken)
        ?? throw new LabException($"there is no {type.Kind} {key}", "gitops", "see hwlab gitops status");

    private static ResourceType TypeOf(string kind) =>
        Array.Find(Types, type => type.Kind == kind) ?? throw new RigException($"'{kind}' is no kind that can be reconciled");

    private static SyncObject Describe(ResourceType type, JsonObject item)
    {
        var ready = item.Condition(ConditionList.Ready);
        return new SyncObject(
            type.Kind,
            item.Namespace(),
            item.Name(),
            KubeJson.Text(ready?["status"]) ?? "Unknown",
            KubeJson.Text(ready?["reason"]) ?? "",
            KubeJson.Text(ready?["message"]) ?? "not reconciled yet",
            KubeJson.Text(item.Child("status", "artifact")?["revision"]) ?? KubeJson.Text(item.Status()["lastAppliedRevision"]),
            KubeJson.Flag(item.Spec()["suspend"])
        );
    }

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
            throw new RigException("there is no such folder", from);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(from, file);
            if (path.Split('/')[0] == ".git")
                continue;
            var target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<TResult> GuardAsync<TResult>(Func<Task<TResult>> act)
    {
        try
        {
            return await act();
        }
        catch (KubeApiException exception) when (exception.IsNotFound)
        {
            throw new LabException(
                $"the cluster does not know GitOps objects: {exception.Message}",
                "gitops",
                "start an engine first: a run of the lab, hwlab gitops run, or flux install",
                exception
            );
        }
        catch (Exception exception) when (exception is KubeApiException or HttpRequestException)
        {
            throw new LabException($"the cluster's API: {exception.Message}", "gitops", inner: exception);
        }
    }
}
