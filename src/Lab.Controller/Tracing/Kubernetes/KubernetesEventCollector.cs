using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Services;
using Serilog;

namespace Lab.Controller.Tracing.Kubernetes;

/// <summary>
/// Watches a run's cluster from when it can be joined until the run ends, for its trace. Whatever becomes of the API, the run is not
/// disturbed: what was seen is kept, and the rest is a line in the log.
/// </summary>
internal sealed class KubernetesEventCollector : IAsyncDisposable
{
    /// <summary>How long the last look at the cluster may take, at a run's end.</summary>
    public static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    // A watch has no end of its own; this is only how often it is begun anew.
    private static readonly TimeSpan Watch = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ICluster? _cluster;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly SeenObjects _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    private KubernetesEventCollector(ICluster? cluster, ILogger log, TimeProvider time)
    {
        (_cluster, _log, _time) = (cluster, log, time);
        _watching = cluster is null
            ? Task.CompletedTask
            : Task.WhenAll(ClusterCollection.All.Select(collection => WatchAsync(cluster, collection, _stop.Token)));
    }

    /// <summary>Begins to watch. Returns at once; without a cluster there is nothing to be seen.</summary>
    public static KubernetesEventCollector Start(ICluster? cluster, ILogger log, TimeProvider time) => new(cluster, log, time);

    /// <summary>Ends the watch after a last look, while the API is still there.</summary>
    /// <returns>All that was seen; null where there was no cluster.</returns>
    public async Task<KubernetesRecords?> FinishAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        if (_cluster is null)
        {
            return null;
        }

        using var hurry = new CancellationTokenSource(LastLook, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(hurry.Token, cancellationToken);
        // Each on its own, and not waited for beyond the limit even where it does not heed it.
        await Task.WhenAll(ClusterCollection.All.Select(collection => LookAsync(_cluster, collection, both.Token)))
            .WaitAsync(LastLook, _time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _seen.ToRecords();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
        }

        // A watch that does not heed its end must not keep the run from its own.
        await _watching.WaitAsync(LastLook, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync(ICluster cluster, ClusterCollection collection, CancellationToken cancellationToken)
    {
        // Not on the caller's thread: the run goes on meanwhile.
        await Task.Yield();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await cluster.WaitUntilJoinableAsync(Watch, cancellationToken);
                await WaitUntilDefinedAsync(cluster, collection, cancellationToken);
                await cluster.WaitAsync(
                    collection.Path,
                    items =>
                    {
                        _seen.Add(collection, items);
                        return false;
                    },
                    "the end of the run",
                    Watch,
                    cancellationToken
                );
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (BoardException)
            {
                // The watch's own deadline.
            }
            catch (Exception exception)
            {
                // Also what no contract names: a trace is not worth a run.
                _log.Debug(exception, "The cluster's {Kind} objects cannot be watched", collection.Kind);
            }

            await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits until the API knows the collection; asking for one that it does not know would be asking again and again.</summary>
    private static async Task WaitUntilDefinedAsync(
        ICluster cluster,
        ClusterCollection collection,
        CancellationToken cancellationToken
    )
    {
        if (collection.Definition is { } definition)
        {
            await cluster.WaitAsync(
                ClusterCollection.Definitions,
                items => items.Any(item => IsEstablished(item, definition)),
                $"the definition of {definition}",
                Watch,
                cancellationToken
            );
        }
    }

    private static bool IsEstablished(JsonElement? json, string definition) =>
        json.Text("metadata", "name") == definition
        && json.Items("status", "conditions")
            .Any(condition => condition.Text("type") == "Established" && condition.Text("status") == "True");

    private async Task LookAsync(ICluster cluster, ClusterCollection collection, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            var answer = await cluster.SendAsync(HttpMethod.Get, collection.Path, null, "", cancellationToken);
            if (answer.IsSuccess)
            {
                JsonElement? body = answer.Body;
                _seen.Add(collection, body.Items("items").OfType<JsonElement>());
            }
        }
        catch (Exception exception)
        {
            _log.Debug(exception, "The cluster's {Kind} objects could not be listed at the run's end", collection.Kind);
        }
    }
}
