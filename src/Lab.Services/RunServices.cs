using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lab.Host.Networks;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Attestation;
using Lab.Services.Hosting;
using Lab.Services.Netboot;
using Lab.Services.Registry;
using Lab.Services.Tuf;
using Lab.Services.Workloads;
using Lab.Trust.Attestation;

namespace Lab.Services;

/// <summary>The services of one run: started together, stopped together, never shared with another run.</summary>
public sealed class RunServices : IAsyncDisposable
{
    // QEMU's user network shows the host's loopback interface under this address.
    private const string UserModeHost = "10.0.2.2";

    // Inside a segment no port is taken, and none is privileged for its root.
    private const int HttpPort = 80;
    private const byte FirstLease = 15;
    private const byte LastLease = 199;
    private const int SecretBytes = 32;
    private const string LoginFile = "registry-login.json";

    private static readonly IPAddress Netmask = IPAddress.Parse("255.255.255.0");

    private readonly RunServicesOptions _options;
    private readonly string _work;
    private readonly List<string> _owned = [];
    private readonly NetbootFiles _files;
    private readonly RunRegistry _registry;
    private readonly RunTufRepository _tuf;
    private readonly StatementSigner _signer;
    private readonly AttestationService _attestation;
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
        _signer = SignerOf(options);
        _attestation = new AttestationService(AttestationOptionsOf(options, _signer), options.Time);
        _tuf = new RunTufRepository(options.Tuf, new OsPublisher(_registry), options.Os, options.Time);
    }

    /// <summary>All services, to be put into a <see cref="ServiceSet"/> together with what others offer.</summary>
    public IReadOnlyList<IService> All => [Netboot, Registry, Tuf, Attestation];

    /// <summary>DHCP, TFTP and boot files.</summary>
    public INetboot Netboot => _netboot!;

    /// <summary>The OCI registry.</summary>
    public IRegistry Registry => _registry;

    /// <summary>The TUF repository.</summary>
    public ITufRepository Tuf => _tuf;

    /// <summary>The attestation service.</summary>
    public IAttestation Attestation => _attestation;

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

    /// <summary>
    /// From now on that board attests with that TPM only, and a board of which no TPM is known not at all: to be told of every board before
    /// it is powered on.
    /// </summary>
    public void ExpectTpm(string board, ReadOnlyMemory<byte> ekCertificate) => _attestation.ExpectTpm(board, ekCertificate);

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
        _attestation.Dispose();
        _signer.Dispose();
        _registry.Dispose();
        foreach (var path in Enumerable.Reverse(_owned))
            _options.Owner.RemovePath(path);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, path) in _options.BootFiles)
            _files.Link(name, path);
        foreach (var (prefix, folder) in _options.BootFolders)
            _files.LinkFolder(prefix, folder);
        await _tuf.StartAsync(cancellationToken);
        foreach (var image in _options.Images)
            await WorkloadImageWriter.PublishAsync(_registry, image, cancellationToken);
        var logs = Path.Combine(_options.RunFolder, "services");
        Directory.CreateDirectory(logs);
        _host = await BoardServiceHost.StartAsync(
            routes =>
            {
                _registry.Endpoints.Map(routes);
                new FileEndpoints(_files).Map(routes);
                new TufEndpoints(_tuf.Find).Map(routes);
                new AttestationEndpoints(_attestation).Map(routes);
            },
            Path.Combine(logs, "http.jsonl"),
            SocketPath(),
            _options.Limits,
            _options.Time,
            cancellationToken
        );
        _registry.ServedAt(_host.HostOrigin);
        await WriteLoginAsync(_host, cancellationToken);
        _netboot = new RunNetboot(_files, BoardOriginOf(_host));
        if (_options.Segment is { } segment)
            await StartSegmentAsync(segment, logs, cancellationToken);
    }

    // For people who want to push to the rig's registry while a run lasts; it goes with the run's folder.
    private async Task WriteLoginAsync(BoardServiceHost host, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_work);
        var path = Path.Combine(_work, LoginFile);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync(host.Publisher.ToAuthFile(host.PublisherOrigin).AsMemory(), cancellationToken);
    }

    private async Task StartSegmentAsync(NetworkSegment segment, string logs, CancellationToken cancellationToken)
    {
        await segment.ForwardAsync(HttpPort, _host!.SocketPath!, cancellationToken);
        var server = IPAddress.Parse(segment.Address);
        _dnsmasq = await DnsmasqServer.StartAsync(
            _options.Owner,
            segment.EnterPrefix,
            new DnsmasqCommandLine
            {
                Interface = NetworkSegment.Bridge,
                Server = server,
                FirstLease = WithLastByte(server, FirstLease),
                LastLease = WithLastByte(server, LastLease),
                Netmask = Netmask,
                BoardOrigin = BoardOrigin,
                BootFile = _options.BootFile,
                Boards = _options.Boards,
                IgnoresOthers = segment.HostInterface is not null,
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
        _options.Segment is { } segment
            ? new UriBuilder(Uri.UriSchemeHttp, segment.Address, HttpPort).Uri
            : new UriBuilder(Uri.UriSchemeHttp, UserModeHost, host.HostOrigin.Port).Uri;

    private static IPAddress WithLastByte(IPAddress address, byte last)
    {
        var bytes = address.GetAddressBytes();
        bytes[^1] = last;
        return new IPAddress(bytes);
    }

    /// <summary>The rig's key: those who rely on the service's word get to know it once.</summary>
    private static StatementSigner SignerOf(RunServicesOptions options)
    {
        try
        {
            return StatementSigner.LoadOrCreate(Path.Combine(options.RigState, "verifier.key"));
        }
        catch (StatementException exception)
        {
            throw new LabException(
                exception.Message,
                options.RigState,
                "see that the rig's state can be written, or remove the key: the service then gets another",
                exception
            );
        }
    }

    private static AttestationOptions AttestationOptionsOf(RunServicesOptions options, StatementSigner signer)
    {
        var roots = new X509Certificate2Collection();
        foreach (var authority in options.EndorsementAuthorities)
            roots.Add(X509CertificateLoader.LoadCertificate(authority.Span));
        var trust = new EndorsementTrust(roots);
        var folder = Path.Combine(options.RunFolder, "services", "attestation");
        new StatementWriter(signer, options.Reference, options.Time).Publish(folder, trust);
        return new AttestationOptions(
            options.Reference,
            trust,
            options.Secret ?? new FixedSecret(RandomNumberGenerator.GetBytes(SecretBytes)),
            folder
        )
        {
            Boards = options.BoardCertificates,
            Meanings = options.PcrMeanings,
            Signer = signer,
            Limits = options.AttestationLimits,
        };
    }

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
