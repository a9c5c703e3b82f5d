using Lab.Services.Hosting;
using Lab.Services.Registry;
using Lab.Services.Workloads;

namespace Lab.Benchmarks;

/// <summary>A registry with the container images that a node needs, and nothing else of the lab's services.</summary>
internal sealed class BareRegistry : IAsyncDisposable
{
    // QEMU's user network shows the host's loopback interface under this address.
    private const string UserModeHost = "10.0.2.2";

    private readonly RunRegistry _registry;
    private readonly BoardServiceHost _host;

    private BareRegistry(RunRegistry registry, BoardServiceHost host)
    {
        _registry = registry;
        _host = host;
    }

    /// <summary>As the node sees it.</summary>
    public string Origin => $"http://{UserModeHost}:{_host.HostOrigin.Port}";

    public static async Task<BareRegistry> StartAsync(
        IReadOnlyList<WorkloadImage> images,
        string folder,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var registry = new RunRegistry(
            Path.Combine(folder, "blobs"),
            Path.Combine(folder, "substitutes"),
            new RegistryLimits(),
            time
        );
        foreach (var image in images)
        {
            await WorkloadImageWriter.PublishAsync(registry, image, cancellationToken);
        }

        var host = await BoardServiceHost.StartAsync(
            registry.Endpoints.Map,
            Path.Combine(folder, "http.jsonl"),
            socketPath: null,
            new BoardServiceLimits(),
            time,
            cancellationToken
        );
        return new BareRegistry(registry, host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _registry.Dispose();
    }
}
