using Lab.BootAgent.Events;
using Lab.BootAgent.Supervision;

namespace Lab.BootAgent.Cluster;

/// <summary>containerd: started at once, since it takes seconds; ready when it answers.</summary>
internal sealed class ContainerRuntime : IDisposable
{
    private const string Socket = "/run/containerd/containerd.sock";
    private const int Tries = 5;

    private readonly TaskCompletionSource _booted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Service _service;
    private readonly EventWriter _events;
    private readonly TimeProvider _time;

    public ContainerRuntime(BoundedLog log, EventWriter events, TimeProvider time)
    {
        _events = events;
        _time = time;
        _service = new Service("containerd", () => ("/usr/bin/containerd", []), log, events, time)
        {
            OnLine = line =>
            {
                if (line.Contains("containerd successfully booted", StringComparison.Ordinal))
                    _booted.TrySetResult();
            },
        };
    }

    /// <summary>Starts it.</summary>
    public void Start() => _service.Start();

    /// <summary>Ends it; what it started goes on.</summary>
    public Task StopAsync() => _service.StopAsync();

    public void Dispose() => _service.Dispose();

    /// <summary>Waits until it answers, and says so once.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _booted.Task.WaitAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var version = await new RuntimeClient(Socket).ReadVersionAsync(cancellationToken);
                _events.Write(
                    "runtime",
                    json =>
                    {
                        json.WriteString("name"u8, "containerd");
                        json.WriteString("version"u8, EventWriter.Shorten(version));
                    }
                );
                return;
            }
            catch (HttpRequestException) when (attempt < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), _time, cancellationToken);
            }
        }
    }
}
