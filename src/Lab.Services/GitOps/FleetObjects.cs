using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Engine;

namespace Lab.Services.GitOps;

/// <summary>The objects by which the fleet's repository is followed, whichever engine acts on them.</summary>
internal sealed class FleetObjects(KubeApi api, FleetSource? fleet, TimeProvider time)
{
    /// <summary>Flux's own namespace, so that <c>flux install</c> finds them where it looks.</summary>
    public const string Namespace = "flux-system";

    /// <summary>The name of both objects.</summary>
    public const string Name = "fleet";

    private const string Signers = "fleet-signers";
    private const string FieldManager = "hwlab";

    private static readonly ObjectKey Key = new(Namespace, Name);
    private static readonly string[] Controllers = ["source-controller", "kustomize-controller"];

    /// <exception cref="LabException">The engine was started without a fleet, or the API refuses the objects.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (fleet is null)
            throw new LabException("the GitOps engine was started without a fleet repository", "gitops");
        var verify = fleet.SigningKey is { } key ? SecretOf(key) : null;
        await GuardAsync(async () =>
        {
            await ApplyAsync(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = Meta(null, Namespace),
                },
                cancellationToken
            );
            if (verify is not null)
                await ApplyAsync(verify, cancellationToken);
            await ApplyAsync(Repository(fleet), cancellationToken);
            await ApplyAsync(Kustomization(fleet), cancellationToken);
            return true;
        });
    }

    public Task<SyncStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var source = await api.FindAsync(FluxApi.GitRepository.Object(Key), cancellationToken);
            var sync = await api.FindAsync(FluxApi.Kustomization.Object(Key), cancellationToken);
            return StatusReader.Read(source, sync);
        });

    public async Task<SyncStatus> WaitAsync(
        Func<SyncStatus, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var changes = Channel.CreateUnbounded<(bool IsSource, JsonObject? Item)>();
        var watches = Task.WhenAll(
            FollowAsync(FluxApi.GitRepository, isSource: true, changes.Writer, ending.Token),
            FollowAsync(FluxApi.Kustomization, isSource: false, changes.Writer, ending.Token)
        );
        (JsonObject? Source, JsonObject? Sync) now = default;
        var listed = 0;
        try
        {
            await foreach (var (isSource, item) in changes.Reader.ReadAllAsync(ending.Token))
            {
                now = isSource ? (item, now.Sync) : (now.Source, item);
                listed |= isSource ? 1 : 2;
                var status = StatusReader.Read(now.Source, now.Sync);
                if (listed == 3 && until(status))
                    return status;
            }

            throw new OperationCanceledException(ending.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LabException(
                $"{what}: not within {GoDuration.Format(deadline)}; {StatusReader.Describe(StatusReader.Read(now.Source, now.Sync))}",
                "gitops"
            );
        }
        finally
        {
            await ending.CancelAsync();
            await watches;
        }
    }

    public Task ReconcileAsync(CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            var requests = new ReconcileRequests(api, time);
            await requests.AskAsync(FluxApi.GitRepository, Key, cancellationToken);
            await requests.AskAsync(FluxApi.Kustomization, Key, cancellationToken);
            return true;
        });

    /// <exception cref="LabException">Flux's controllers run in this cluster: two engines would fight over the same objects.</exception>
    public async Task RefuseFluxAsync(CancellationToken cancellationToken)
    {
        if ((await FluxAsync(cancellationToken)).Count > 0)
            throw new LabException(
                "Flux runs in this cluster; the embedded engine beside it would fight it over the same objects",
                "gitops",
                "set gitops.engine to flux, or uninstall Flux"
            );
    }

    /// <exception cref="LabException">Flux's controllers are not there, or not ready.</exception>
    public async Task RequireFluxAsync(CancellationToken cancellationToken)
    {
        var ready = await FluxAsync(cancellationToken);
        var missing = Controllers.Where(name => !ready.GetValueOrDefault(name)).ToList();
        if (missing.Count > 0)
            throw new LabException(
                $"Flux's controllers are not there or not ready in namespace {Namespace}: {string.Join(", ", missing)}",
                "gitops",
                "run 'flux install' on this cluster first, or set gitops.engine to embedded"
            );
    }

    private async Task<IReadOnlyDictionary<string, bool>> FluxAsync(CancellationToken cancellationToken) =>
        await GuardAsync(async () =>
        {
            var found = new Dictionary<string, bool>(StringComparer.Ordinal);
            foreach (var name in Controllers)
            {
                var path = $"/apis/apps/v1/namespaces/{Namespace}/deployments/{name}";
                if (await api.FindAsync(path, cancellationToken) is { } deployment)
                    found[name] = KubeJson.Number(deployment.Status()["availableReplicas"]) is > 0;
            }

            return found;
        });

    private Task FollowAsync(
        ResourceType type,
        bool isSource,
        ChannelWriter<(bool, JsonObject?)> changes,
        CancellationToken cancellationToken
    )
    {
        var isThere = false;
        var collection = $"{type.Collection(Namespace)}?fieldSelector=metadata.name%3D{Name}";
        return new CollectionWatch(api, collection, time).RunAsync(
            (_, after) =>
            {
                isThere = after is not null;
                changes.TryWrite((isSource, after));
            },
            () =>
            {
                if (!isThere)
                    changes.TryWrite((isSource, null));
            },
            cancellationToken
        );
    }

    private async Task ApplyAsync(JsonObject item, CancellationToken cancellationToken)
    {
        var type = await api.Types.GetAsync(item.ApiVersion(), item.Kind(), cancellationToken);
        await api.PatchAsync(
            $"{type.Object(item.Key())}?fieldManager={FieldManager}&force=true",
            item,
            KubeApi.ApplyPatch,
            cancellationToken
        );
    }

    private static JsonObject SecretOf(string key) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = Meta(Namespace, Signers),
            ["data"] = new JsonObject { ["fleet.pub"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(key)) },
        };

    private static JsonObject Repository(FleetSource fleet)
    {
        var metadata = Meta(Namespace, Name);
        metadata["annotations"] = new JsonObject { [FluxApi.HistoryAnnotation] = FluxApi.FastForward };
        var spec = new JsonObject
        {
            ["url"] = fleet.Url,
            ["interval"] = GoDuration.Format(fleet.SourceInterval),
            ["timeout"] = "60s",
            ["ref"] = new JsonObject { ["branch"] = fleet.Branch },
        };
        if (fleet.SigningKey is not null)
            spec["verify"] = new JsonObject
            {
                ["mode"] = "HEAD",
                ["secretRef"] = new JsonObject { ["name"] = Signers },
            };
        return new JsonObject
        {
            ["apiVersion"] = FluxApi.GitRepository.ApiVersion,
            ["kind"] = FluxApi.GitRepository.Kind,
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
    }

    private static JsonObject Kustomization(FleetSource fleet) =>
        new()
        {
            ["apiVersion"] = FluxApi.Kustomization.ApiVersion,
            ["kind"] = FluxApi.Kustomization.Kind,
            ["metadata"] = Meta(Namespace, Name),
            ["spec"] = new JsonObject
            {
                ["interval"] = GoDuration.Format(fleet.SyncInterval),
                ["retryInterval"] = GoDuration.Format(fleet.SyncInterval),
                ["timeout"] = GoDuration.Format(fleet.Timeout),
                ["path"] = fleet.Path,
                ["prune"] = true,
                ["wait"] = true,
                ["sourceRef"] = new JsonObject { ["kind"] = FluxApi.GitRepository.Kind, ["name"] = Name },
            },
        };

    private static JsonObject Meta(string? inNamespace, string name)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (inNamespace is not null)
            metadata["namespace"] = inNamespace;
        return metadata;
    }

    private static async Task<TResult> GuardAsync<TResult>(Func<Task<TResult>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception exception) when (exception is KubeApiException or HttpRequestException)
        {
            throw new LabException($"the cluster's API: {exception.Message}", "gitops", inner: exception);
        }
    }
}
