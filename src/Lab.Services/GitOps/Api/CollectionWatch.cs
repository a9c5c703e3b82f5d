using System.Text.Json.Nodes;

namespace Lab.Services.GitOps.Api;

/// <summary>
/// Keeps up with a collection: lists it, watches it from there, and begins anew when the server says so or goes away. Each object is told of
/// when it is first seen and whenever it changes.
/// </summary>
internal sealed class CollectionWatch(KubeApi api, string collection, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ObjectKey, JsonObject> _items = [];

    /// <summary>Runs until cancelled.</summary>
    /// <param name="onChange">Called with the object before (null when it is new) and after (null when it is gone). From one task at a time.</param>
    /// <param name="onListed">Called each time all that is there was told of.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action<JsonObject?, JsonObject?> onChange, Action? onListed, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        string? version = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(onChange, onListed, cancellationToken);
                await foreach (var change in api.WatchAsync(collection, version, cancellationToken))
                {
                    version = change.Item.ResourceVersion();
                    Take(change, onChange);
                    pause = FirstPause;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (KubeApiException exception)
            {
                version = null;
                if (!exception.IsExpired)
                    pause = await PauseAsync(pause, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                pause = await PauseAsync(pause, cancellationToken);
            }
        }
    }

    private async Task<string> ListAsync(
        Action<JsonObject?, JsonObject?> onChange,
        Action? onListed,
        CancellationToken cancellationToken
    )
    {
        var list = await api.SendAsync(HttpMethod.Get, collection, null, "", cancellationToken);
        var seen = new HashSet<ObjectKey>();
        foreach (var item in KubeJson.Objects(list["items"]).ToList())
        {
            seen.Add(item.Key());
            Replace(item.Key(), item, onChange);
        }

        foreach (var gone in _items.Keys.Where(key => !seen.Contains(key)).ToList())
        {
            Replace(gone, null, onChange);
        }

        onListed?.Invoke();
        return list.ResourceVersion();
    }

    private void Take(WatchChange change, Action<JsonObject?, JsonObject?> onChange)
    {
        switch (change.Type)
        {
            case "ADDED" or "MODIFIED":
                Replace(change.Item.Key(), change.Item, onChange);
                break;
            case "DELETED":
                Replace(change.Item.Key(), null, onChange);
                break;
        }
    }

    private void Replace(ObjectKey key, JsonObject? item, Action<JsonObject?, JsonObject?> onChange)
    {
        var before = _items.GetValueOrDefault(key);
        if (item is null)
            _items.Remove(key);
        else
            _items[key] = item;
        // A list after an interruption repeats what is known.
        if (before is null || item is null || before.ResourceVersion() != item.ResourceVersion())
            onChange(before, item);
    }

    private async Task<TimeSpan> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition ends it.
        }

        return pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }
}
