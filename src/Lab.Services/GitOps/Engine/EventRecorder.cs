using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps.Engine;

/// <summary>Writes Kubernetes events on objects. One that repeats is counted, not written again. An event that cannot be written is let go.</summary>
internal sealed class EventRecorder(KubeApi api, string component, TimeProvider time)
{
    private const int LongestMessage = 1000;
    private const int MostRemembered = 1000;

    private readonly ConcurrentDictionary<(string Uid, string Reason, string Message), (string Path, int Count)> _known = new();

    public Task NormalAsync(
        JsonObject about,
        string reason,
        string message,
        string? revision,
        CancellationToken cancellationToken
    ) => WriteAsync(about, "Normal", reason, message, revision, cancellationToken);

    public Task WarningAsync(
        JsonObject about,
        string reason,
        string message,
        string? revision,
        CancellationToken cancellationToken
    ) => WriteAsync(about, "Warning", reason, message, revision, cancellationToken);

    private async Task WriteAsync(
        JsonObject about,
        string type,
        string reason,
        string message,
        string? revision,
        CancellationToken cancellationToken
    )
    {
        var text = message.Length <= LongestMessage ? message : message[..LongestMessage];
        var key = (about.Uid(), reason, text);
        var now = time.GetUtcNow();
        try
        {
            if (_known.TryGetValue(key, out var known))
            {
                var again = new JsonObject { ["count"] = known.Count + 1, ["lastTimestamp"] = Timestamps.Seconds(now) };
                await api.PatchAsync(known.Path, again, KubeApi.MergePatch, cancellationToken);
                _known[key] = known with { Count = known.Count + 1 };
                return;
            }

            var made = NewEvent(about, type, reason, text, revision, now);
            var collection = $"/api/v1/namespaces/{Uri.EscapeDataString(about.Namespace())}/events";
            await api.SendAsync(HttpMethod.Post, collection, made, "application/json", cancellationToken);
            if (_known.Count > MostRemembered)
                _known.Clear();
            _known[key] = ($"{collection}/{made.Name()}", 1);
        }
        catch (Exception exception) when (exception is KubeApiException or HttpRequestException)
        {
            // Also when it expired in the API (events live an hour): the next time it is written anew.
            _known.TryRemove(key, out _);
        }
    }

    private JsonObject NewEvent(
        JsonObject about,
        string type,
        string reason,
        string message,
        string? revision,
        DateTimeOffset now
    )
    {
        var metadata = new JsonObject
        {
            ["name"] = $"{about.Name()}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}",
            ["namespace"] = about.Namespace(),
        };
        if (revision is not null)
            metadata["annotations"] = new JsonObject { [$"{ResourceType.GroupOf(about.ApiVersion())}/revision"] = revision };
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = metadata,
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = about.ApiVersion(),
                ["kind"] = about.Kind(),
                ["name"] = about.Name(),
                ["namespace"] = about.Namespace(),
                ["uid"] = about.Uid(),
                ["resourceVersion"] = about.ResourceVersion(),
            },
            ["type"] = type,
            ["reason"] = reason,
            ["message"] = message,
            ["count"] = 1,
            ["firstTimestamp"] = Timestamps.Seconds(now),
            ["lastTimestamp"] = Timestamps.Seconds(now),
            ["source"] = new JsonObject { ["component"] = component },
        };
    }
}
