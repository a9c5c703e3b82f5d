using System.Net;
using System.Text.Json;
using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Controller.Tests.Samples;

/// <summary>A cluster that says what the test wants, when it wants.</summary>
internal sealed class ScriptedCluster : ICluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<JsonElement>> _items = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Thrown by whatever is asked of it; null for a cluster that is there.</summary>
    public Exception? Outage { get; set; }

    /// <summary>Whether it neither answers nor heeds a cancellation.</summary>
    public bool Hangs { get; set; }

    /// <summary>The collection that <see cref="Seen"/> tells of; null for any.</summary>
    public string? Awaited { get; init; }

    /// <summary>Ends when a watch has seen items of it.</summary>
    public TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Flavor => "scripted";

    public Uri BoardEndpoint => new("https://10.0.2.2:6443");

    public string KubeconfigPath => "";

    public void Say(string path, params IEnumerable<JsonElement> items)
    {
        lock (_gate)
        {
            _items[path] = [.. items];
            var changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    public Task WaitUntilJoinableAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Outage is null ? Task.CompletedTask : throw Outage;

    public async Task<ClusterAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string contentType,
        CancellationToken cancellationToken
    )
    {
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        if (Outage is not null)
        {
            throw Outage;
        }

        lock (_gate)
        {
            return _items.TryGetValue(path, out var items)
                ? new ClusterAnswer(HttpStatusCode.OK, JsonSerializer.SerializeToElement(new { items }))
                : new ClusterAnswer(HttpStatusCode.NotFound, JsonSerializer.SerializeToElement(new { kind = "Status" }));
        }
    }

    public async Task<IReadOnlyList<JsonElement>> WaitAsync(
        string path,
        Func<IReadOnlyList<JsonElement>, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            Task changed;
            IReadOnlyList<JsonElement> items;
            lock (_gate)
            {
                changed = _changed.Task;
                items = [.. _items.GetValueOrDefault(path) ?? []];
            }

            if (Outage is not null)
            {
                throw Outage;
            }

            if (until(items))
            {
                return items;
            }

            if (items.Count > 0 && (Awaited ?? path) == path)
            {
                Seen.TrySetResult();
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    public Task RestartAsync(string component, CancellationToken cancellationToken) =>
        throw new LabException("it is only a script");
}
