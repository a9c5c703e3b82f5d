using System.Text.Json.Nodes;
using System.Threading.Channels;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Apply;

namespace Lab.Services.GitOps.Health;

/// <summary>Waits until objects are as their specs say, by watching them: one watch for each kind and namespace.</summary>
internal sealed class HealthWaiter(KubeApi api, TimeProvider time)
{
    /// <exception cref="HealthCheckException">They did not within the timeout, or one of them never will.</exception>
    public async Task WaitAsync(IReadOnlyList<InventoryEntry> entries, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return;
        var states = entries.ToDictionary(entry => entry.Id, _ => KStatus.Of(null));
        using var deadline = new CancellationTokenSource(timeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var changes = Channel.CreateUnbounded<(ObjectId Id, ObjectHealth Health)>();
        var watches = new List<Task>();
        try
        {
            foreach (var group in entries.GroupBy(entry => (entry.Id.Group, entry.Version, entry.Id.Kind, entry.Id.Namespace)))
            {
                var type = await api.Types.GetAsync(group.Key.Group, group.Key.Version, group.Key.Kind, ending.Token);
                watches.Add(
                    FollowAsync(type, group.Key.Namespace, [.. group.Select(entry => entry.Id)], changes.Writer, ending.Token)
                );
            }

            // Each kind tells of its objects once it is listed; before that, nothing is known of them.
            var unknown = states.Keys.ToHashSet();
            await foreach (var (id, health) in changes.Reader.ReadAllAsync(ending.Token))
            {
                states[id] = health;
                unknown.Remove(id);
                if (unknown.Count > 0)
                    continue;
                if (states.Any(state => state.Value.State == HealthState.Failed))
                    throw new HealthCheckException(
                        $"failed early due to stalled resources: [{Describe(states, state => state == HealthState.Failed)}]"
                    );
                if (states.All(state => state.Value.State == HealthState.Current))
                    return;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HealthCheckException($"timeout waiting for: [{Describe(states, state => state != HealthState.Current)}]");
        }
        catch (KubeApiException exception)
        {
            throw new HealthCheckException($"{exception.Reason}: {exception.Message}");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(watches);
        }
    }

    private Task FollowAsync(
        ResourceType type,
        string inNamespace,
        IReadOnlyList<ObjectId> wanted,
        ChannelWriter<(ObjectId, ObjectHealth)> changes,
        CancellationToken cancellationToken
    )
    {
        var ids = wanted.ToDictionary(id => id.Key);
        var seen = new HashSet<ObjectKey>();
        void Tell(JsonObject? before, JsonObject? after)
        {
            var key = (after ?? before)!.Key();
            if (!ids.TryGetValue(key, out var id))
                return;
            seen.Add(key);
            changes.TryWrite((id, KStatus.Of(after is null ? null : Typed(after, type))));
        }

        void TellMissing()
        {
            foreach (var (key, id) in ids)
            {
                if (seen.Add(key))
                    changes.TryWrite((id, KStatus.Of(null)));
            }
        }

        var watch = new CollectionWatch(api, type.Collection(inNamespace), time);
        return watch.RunAsync(Tell, TellMissing, cancellationToken);
    }

    // Items of a list do not say their kind.
    private static JsonObject Typed(JsonObject item, ResourceType type)
    {
        item.TryAdd("apiVersion", type.ApiVersion);
        item.TryAdd("kind", type.Kind);
        return item;
    }

    private static string Describe(IReadOnlyDictionary<ObjectId, ObjectHealth> states, Func<HealthState, bool> which) =>
        string.Join(
            ", ",
            states
                .Where(state => which(state.Value.State))
                .OrderBy(state => state.Key.ToString(), StringComparer.Ordinal)
                .Select(state => $"{state.Key.ToDisplay()} status: '{state.Value.State}': {state.Value.Message}")
        );
}
