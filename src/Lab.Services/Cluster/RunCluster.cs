using System.Net;
using System.Text.Json;
using k8s;
using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Cluster.Access;
using Lab.Services.Cluster.Flavors;
using Lab.Services.Cluster.Kubeadm;

namespace Lab.Services.Cluster;

/// <summary>The cluster of one run: its control plane on this host, in the run's network, and the way to it.</summary>
public sealed class RunCluster : ICluster, IAsyncDisposable
{
    /// <summary>Inside a segment no port is taken.</summary>
    private const int SegmentPort = 6443;

    // QEMU's user network shows the host's loopback interface under this address.
    private const string UserModeHost = "10.0.2.2";

    private readonly ClusterOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _owned = [];
    private readonly string _logs;
    private HeldPort? _port;
    private OwnedProcess? _forwarder;
    private SocketRelay? _relay;
    private ClusterAddresses? _addresses;
    private IControlPlane? _controlPlane;
    private ClusterCredentials? _credentials;
    private ClusterApi? _api;
    private Task? _joinable;

    private RunCluster(ClusterOptions options)
    {
        _options = options;
        _logs = Path.Combine(options.RunFolder, "services", "cluster");
        KubeconfigPath = Path.Combine(Path.GetFullPath(options.RunFolder), "kubeconfig");
    }

    /// <inheritdoc/>
    public string Flavor => _options.Binaries.Flavor;

    /// <inheritdoc/>
    public Uri BoardEndpoint => _addresses!.Board;

    /// <inheritdoc/>
    public string KubeconfigPath { get; }

    /// <summary>The API server as programs on this host see it.</summary>
    public Uri HostEndpoint => _addresses!.Host;

    /// <summary>The pin of the cluster's authority, as <c>kubeadm join --discovery-token-ca-cert-hash</c> takes it: <c>sha256:…</c>.</summary>
    public string CaCertHash { get; private set; } = "";

    /// <summary>The release, as <c>v1.20.2</c>.</summary>
    public string Version => _options.Binaries.Version.ToString();

    /// <summary>Ends with the reason when a component fails while the run goes on; with null when the cluster is stopped.</summary>
    public Task<LabException?> Failed { get; private set; } = Task.FromResult<LabException?>(null);

    /// <summary>
    /// Makes the cluster's keys and starts it. It returns when addresses, kubeconfig and the authority's hash are known, and goes on starting in
    /// the background: see <see cref="WaitUntilJoinableAsync"/>.
    /// </summary>
    /// <exception cref="LabException">A component cannot be started.</exception>
    public static async Task<RunCluster> StartAsync(ClusterOptions options, CancellationToken cancellationToken)
    {
        var cluster = new RunCluster(options);
        try
        {
            await cluster.PrepareAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>An administrator's configuration for the Kubernetes client library; each caller gets its own.</summary>
    public KubernetesClientConfiguration CreateClientConfiguration() =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(KubeconfigPath);

    /// <summary>An administrator's client; to be disposed of by the caller.</summary>
    public IKubernetes CreateClient() => new Kubernetes(CreateClientConfiguration());

    /// <inheritdoc/>
    public async Task WaitUntilJoinableAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            await _joinable!.WaitAsync(deadline, _options.Time, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new LabException(
                $"no node can join after {deadline.TotalSeconds:0} s: {_controlPlane!.Standing}",
                "cluster",
                $"see the logs in {_logs}",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public Task<ClusterAnswer> SendAsync(
        HttpMethod method,
        string path,
        ReadOnlyMemory<byte>? body,
        string contentType,
        CancellationToken cancellationToken
    ) => _api!.SendAsync(method, path, body, contentType, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonElement>> WaitAsync(
        string path,
        Func<IReadOnlyList<JsonElement>, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(deadline, _options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var watch = new CollectionWatch(_api!, path, _options.Time);
        try
        {
            return await watch.WaitAsync(until, both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            if (watch.Outage is { } outage)
                throw new LabException(
                    $"waited {deadline.TotalSeconds:0} s for {what}: {outage.What}",
                    outage.Where,
                    outage.Remedy,
                    outage
                );
            throw new BoardException($"no {what} within {deadline.TotalSeconds:0} s; {ItemSummary.Of(watch.Items)}", path);
        }
    }

    /// <inheritdoc/>
    public Task RestartAsync(string component, CancellationToken cancellationToken) =>
        _controlPlane!.RestartAsync(component, _api!, cancellationToken);

    /// <summary>Stops everything, and removes what is not to be kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_joinable is not null)
            await _joinable.ContinueWith(_ => { }, TaskScheduler.Default);
        _api?.Dispose();
        _credentials?.Dispose();
        if (_controlPlane is not null)
            await _controlPlane.DisposeAsync();
        if (_relay is not null)
            await _relay.DisposeAsync();
        if (_forwarder is not null)
            await _forwarder.KillAsync();
        _port?.Dispose();
        foreach (var path in Enumerable.Reverse(_owned))
            _options.Owner.RemovePath(path);
        _stop.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_logs);
        _addresses = await ChooseAddressesAsync(cancellationToken);
        _controlPlane = CreateControlPlane(StateFolder());
        Failed = _controlPlane.Failed;
        ReleasePort();
        var administrator = await _controlPlane.PrepareAsync(cancellationToken);
        await WriteKubeconfigAsync(administrator, cancellationToken);
        _credentials = ClusterCredentials.Read(KubeconfigPath);
        CaCertHash = _credentials.AuthorityHash;
        _api = new ClusterApi(_credentials.CreateHandler(), _addresses.Host);
        _joinable = _controlPlane.StartAsync(_api, _stop.Token);
    }

    private IControlPlane CreateControlPlane(string folder) =>
        _options.Binaries switch
        {
            KubernetesBinaries kubernetes => new KubeadmControlPlane(kubernetes, _options, _addresses!, folder, _logs),
            K3sBinaries k3s => new K3sControlPlane(k3s, _options, _addresses!, folder, _logs),
            var other => throw new InvalidOperationException($"No control plane for {other.GetType().Name}."),
        };

    // k3s cannot share a port that is held for it: there, somebody could be quicker.
    private void ReleasePort()
    {
        if (_options.Binaries is K3sBinaries)
            _port?.Dispose();
    }

    private async Task<ClusterAddresses> ChooseAddressesAsync(CancellationToken cancellationToken)
    {
        if (_options.Segment is not { } segment)
        {
            _port = HeldPort.Take();
            return new ClusterAddresses(UserModeHost, IPAddress.Loopback, _port.Port, _port.Port);
        }
        var folder = _options.Folders.CreateSocketFolder();
        Own(folder);
        var socket = Path.Combine(folder, "api");
        _forwarder = await segment.OfferAsync(SegmentPort, socket, cancellationToken);
        _relay = SocketRelay.Listen(socket);
        return new ClusterAddresses(segment.Address, IPAddress.Any, SegmentPort, _relay.Port);
    }

    private string StateFolder()
    {
        if (_options.StateFolder is { } kept)
        {
            var path = Path.GetFullPath(kept);
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return path;
        }
        var folder = MemoryFolder.Create(_options.Folders);
        Own(folder);
        return folder;
    }

    private async Task WriteKubeconfigAsync(string administrator, CancellationToken cancellationToken)
    {
        // It is of no use when the cluster is gone, unless its state is kept.
        Own(KubeconfigPath);
        await using (
            new FileStream(
                KubeconfigPath,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        ) { }
        await File.WriteAllTextAsync(
            KubeconfigPath,
            Kubeconfig.Point(await File.ReadAllTextAsync(administrator, cancellationToken), _addresses!.Host),
            cancellationToken
        );
    }

    private void Own(string path)
    {
        _options.Owner.OwnPath(path);
        _owned.Add(path);
    }
}
