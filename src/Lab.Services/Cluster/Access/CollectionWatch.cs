using System.Net;
using System.Text.Json;
using Lab.Model.Errors;

namespace Lab.Services.Cluster.Access;

/// <summary>
/// One collection as it is now, kept up to date by list and watch; begins anew when the server goes away or forgets where the watch was.
/// </summary>
internal sealed class CollectionWatch(ClusterApi api, string path, TimeProvider time)
{
    // Between two attempts to reach a server that is being started again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // A connection that died without a word is noticed after this; in seconds.
    private const int LongestWatch = 30;

    private readonly Dictionary<string, JsonElement> _items = new(StringComparer.Ordinal);

    /// <summary>The items as last seen.</summary>
    public IReadOnlyList<JsonElement> Items { get; private set; } = [];

    /// <summary>Why the server cannot be reached just now; null when it can.</summary>
    public LabException? Outage { get; private set; }

    /// <summary>Follows the collection until it looks as demanded.</summary>
    public async Task<IReadOnlyList<JsonElement>> WaitAsync(
        Func<IReadOnlyList<JsonElement>, bool> until,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                var version = await ListAsync(cancellationToken);
                Outage = null;
                if (until(Items) || (version is not null && await FollowAsync(version, until, cancellationToken)))
                    return Items;
            }
            catch (LabException exception)
            {
                Outage = exception;
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException)
            {
                // The server went away in the middle of a line: list again.
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <returns>Where to watch on; null where the kind is not known to the server yet, and so has no items.</returns>
    private async Task<string?> ListAsync(CancellationToken cancellationToken)
    {
        var answer = await api.SendAsync(HttpMethod.Get, path, null, "", cancellationToken);
        if (!answer.IsSuccess && answer.Status != HttpStatusCode.NotFound)
            throw new LabException($"the API server refused: {ClusterApi.Message(answer)}", path);
        _items.Clear();
        if (answer.IsSuccess)
        {
            foreach (var item in answer.Body.GetProperty("items").EnumerateArray())
                _items[KeyOf(item)] = item;
        }
        Items = [.. _items.Values];
        if (!answer.IsSuccess)
            return null;
        return answer.Body.GetProperty("metadata").GetProperty("resourceVersion").GetString() ?? "0";
    }

    private async Task<bool> FollowAsync(
        string version,
        Func<IReadOnlyList<JsonElement>, bool> until,
        CancellationToken cancellationToken
    )
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        await using var stream = await api.OpenWatchAsync(
            $"{path}{separator}watch=1&resourceVersion={version}&timeoutSeconds={LongestWatch}",
            cancellationToken
        );
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!Take(line))
                return false;
            if (until(Items))
                return true;
        }
        return false;
    }

    private bool Take(string line)
    {
        using var document = JsonDocument.Parse(line);
        var item = document.RootElement.GetProperty("object");
        switch (document.RootElement.GetProperty("type").GetString())
        {
            case "ADDED" or "MODIFIED":
                _items[KeyOf(item)] = item.Clone();
                break;
            case "DELETED":
                _items.Remove(KeyOf(item));
                break;
            default:
                return false;
        }
        Items = [.. _items.Values];
        return true;
    }

    private static string KeyOf(JsonElement item)
    {
        var metadata = item.GetProperty("metadata");
        return metadata.TryGetProperty("namespace", out var space)
            ? $"{space}/{metadata.GetProperty("name")}"
            : metadata.GetProperty("name").ToString();
    }
}
