using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Engine;

namespace Lab.Services.GitOps;

/// <summary>Asks the engine, whichever it is, for something by way of an object: as the <c>flux</c> program does.</summary>
internal sealed class ReconcileRequests(KubeApi api, TimeProvider time)
{
    private const string FieldManager = "hwlab";

    /// <summary>Asks for a reconciliation.</summary>
    /// <returns>What <c>status.lastHandledReconcileAt</c> will be when it was done.</returns>
    public async Task<string> AskAsync(ResourceType type, ObjectKey key, CancellationToken cancellationToken)
    {
        var now = Timestamps.Precise(time.GetUtcNow());
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [FluxApi.RequestedAt] = now } },
        };
        await api.PatchAsync($"{type.Object(key)}?fieldManager={FieldManager}", patch, KubeApi.MergePatch, cancellationToken);
        return now;
    }

    /// <summary>Stops or goes on with the reconciliation of an object.</summary>
    public Task SuspendAsync(ResourceType type, ObjectKey key, bool suspend, CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["suspend"] = suspend } };
        return api.PatchAsync($"{type.Object(key)}?fieldManager={FieldManager}", patch, KubeApi.MergePatch, cancellationToken);
    }
}
