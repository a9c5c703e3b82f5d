using System.Net;

namespace Lab.Services.Cluster;

/// <summary>Where the API server is, for whom.</summary>
/// <param name="BoardHost">The address that boards use. No interface of this host need have it.</param>
/// <param name="Bind">The address it listens on.</param>
/// <param name="Port">Its port, for boards and components alike.</param>
/// <param name="HostPort">The port on the host's loopback interface that leads to it.</param>
internal sealed record ClusterAddresses(string BoardHost, IPAddress Bind, int Port, int HostPort)
{
    public Uri Board => new($"https://{BoardHost}:{Port}");

    /// <summary>For the other components, beside it in the same network.</summary>
    public Uri Component => new($"https://127.0.0.1:{Port}");

    public Uri Host => new($"https://127.0.0.1:{HostPort}");
}
