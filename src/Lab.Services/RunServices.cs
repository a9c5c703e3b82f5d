using System.Security.Cryptography;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Hosting;
using Lab.Services.Netboot;
using Lab.Services.Registry;
using Lab.Services.Tuf;

namespace Lab.Services;

/// <summary>The services of one run: started together, stopped together, never shared with another run.</summary>
public sealed class RunServices : IAsyncDisposable
{
    // The port that slirp forwards nothing for: boards reach the host's loopback as this address in both network modes.
    private const string UserModeHost = "10.0.2.2";

    private readonly RunServicesOptions _options;
    private readonly string _work;
    private readonly List<string> _owned = [];
    private readonly NetbootFiles _files;
    private readonly RunRegistry _registry;
    private readonly RunTufRepository _tuf;
    private BoardServiceHost? _host;
    private DnsmasqServer? _dnsmasq;
    private RunNetboot? _netboot;

    private RunServices(RunServicesOptions options)
    {
        _options = options;
        _work = Path.Combine(options.RigState, "runs", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        Own(_work);
        _files = new NetbootFiles(Path.Combine(_work, "files"));
        _registry = new RunRegistry(
            Path.Combine(options.RigState, "registry"),
            Path.Combine(_work, "substitutes"),
            options.RegistryLimits,
            options.Time
        );
        _tuf = new RunTufRepository(options.Tuf, new OsPublisher(_registry), options.Os, options.Time);
    }

    /// <summary>All services, to be put into a <see cref="ServiceSet"/> together with what others offer.</summary>
    public IReadOnlyList<IService> All => [Netboot, Registry, Tuf];

    /// <summary>DHCP, TFTP and boot files.</summary>
    public INetboot Netboot => _netboot!;

    /// <summary>The OCI registry.</summary>
    public IRegistry Registry => _registry;

    /// <summary>The TUF repository.</summary>
    public ITufRepository Tuf => _tuf;

    /// <summary>The folder that TFTP serves: what QEMU's user network is given as <c>tftp=</c>. A segment's dnsmasq serves the same.</summary>
    public string FilesFolder => _files.Folder;

    /// <summary>The origin of the services as boards see it: what QEMU's user network is given as <c>tftp-server-name=</c>.</summary>
    public Uri BoardOrigin => Netboot.BoardOrigin;

    /// <summary>The origin as this host sees it.</summary>
    public Uri HostOrigin => _host!.HostOrigin;

    /// <summary>What DHCP and TFTP did so far, on a segment; empty on QEMU's user network.</summary>
    public IReadOnlyList<NetbootEvent> NetbootEvents => _netboot!.Events;

    /// <summary>Ends with the reason when a service fails while the run goes on; with null when the services are stopped.</summary>
    public Task<LabException?> Failed { get; private set; } = Task.FromResult<LabException?>(null);

    /// <summary>Publishes the run's artifacts and starts everything.</summary>
    /// <exception cref="LabException">A service cannot be started.</exception>
    public static async Task<RunServices> StartAsync(RunServicesOptions options, CancellationToken cancellationToken)
    {
        var services = new RunServices(options);
        try
        {
            await services.StartAsync(cancellationToken);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops what was started, in reverse order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_dnsmasq is not null)
            await _dnsmasq.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        _registry.Dispose();
        foreach (var path in Enumerable.Reverse(_owned))
            _options.Owner.RemovePath(path);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, path) in _options.BootFiles)
            _files.Link(name, path);
        await _tuf.StartAsync(cancellationToken);
        var logs = Path.Combine(_options.RunFolder, "services");
        Directory.CreateDirectory(logs);
        _host = await BoardServiceHost.StartAsync(
            routes =>
            {
                _registry.Endpoints.Map(routes);
                new FileEndpoints(_files).Map(routes);
                new TufEndpoints(_tuf.Find).Map(routes);
            },
            Path.Combine(logs, "http.jsonl"),
            SocketPath(),
            _options.Limits,
            _options.Time,
            cancellationToken
        );
        _registry.ServedAt(_host.HostOrigin);
        _netboot = new RunNetboot(_files, BoardOriginOf(_host));
        if (_options.Segment is { } segment)
            await StartSegmentAsync(segment, logs, cancellationToken);
    }

    private async Task StartSegmentAsync(BoardSegment segment, string logs, CancellationToken cancellationToken)
    {
        await segment.ForwardAsync(_host!.SocketPath!, cancellationToken);
        _dnsmasq = await DnsmasqServer.StartAsync(
            _options.Owner,
            segment.EnterPrefix,
            new DnsmasqCommandLine
            {
                Interface = segment.Interface,
                Server = segment.Server,
                FirstLease = segment.FirstLease,
                LastLease = segment.LastLease,
                Netmask = segment.Netmask,
                BoardOrigin = segment.BoardOrigin,
                BootFile = _options.BootFile,
                FilesFolder = _files.Folder,
                LeaseFile = Path.Combine(_work, "leases"),
            },
            Path.Combine(logs, "dnsmasq.log"),
            _netboot!.Note,
            _options.Time,
            cancellationToken
        );
        Failed = _dnsmasq.Failed;
    }

    private Uri BoardOriginOf(BoardServiceHost host) =>
        _options.Segment?.BoardOrigin ?? new UriBuilder(Uri.UriSchemeHttp, UserModeHost, host.HostOrigin.Port).Uri;

    private string? SocketPath()
    {
        if (_options.Segment is null)
            return null;
        var folder = _options.Folders.CreateSocketFolder();
        Own(folder);
        return Path.Combine(folder, "http");
    }

    private void Own(string path)
    {
        _options.Owner.OwnPath(path);
        _owned.Add(path);
    }
}
