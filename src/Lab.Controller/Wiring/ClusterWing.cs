using k8s;
using Lab.Controller.Rigs;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;
using Lab.Model.Scenarios;
using Lab.Model.Services;
using Lab.Services.Admission;
using Lab.Services.Attestation;
using Lab.Services.Cluster;

namespace Lab.Controller.Wiring;

/// <summary>
/// The part of a run's services that begins where attestation ends: the cluster and the admission of nodes to it. The control plane starts
/// beside the board's boot.
/// </summary>
internal sealed class ClusterWing : IAsyncDisposable
{
    // How long a control plane takes on the reference machine, with much room; what is beyond hangs.
    private const double JoinableSeconds = 60;

    // Not below services/: nobody needs it to judge a run, and the cluster's keys are in it.
    private const string KeptState = "cluster-state";

    private readonly NodeAdmission _admission;
    private readonly RunCluster _cluster;
    private readonly IKubernetes _api;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<LabException?> _opening;

    private ClusterWing(NodeAdmission admission, RunCluster cluster, Deadlines deadlines)
    {
        _admission = admission;
        _cluster = cluster;
        _api = cluster.CreateClient();
        _opening = OpenAsync(deadlines);
        Failed = LabFailures.FirstOf([cluster.Failed, _opening]);
    }

    /// <summary>The cluster.</summary>
    public RunCluster Cluster => _cluster;

    /// <summary>What stages may ask for.</summary>
    public IReadOnlyList<IService> All => [_cluster, _admission];

    /// <summary>Where the token of an attested board comes from.</summary>
    public ISecretSource Secret => _admission;

    /// <summary>Ends with the reason when a part fails while the run goes on; with null when the parts are stopped.</summary>
    public Task<LabException?> Failed { get; }

    /// <summary>What is worth keeping in the record.</summary>
    public IReadOnlyDictionary<string, string> Facts =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["cluster"] = $"{_cluster.Flavor} {_cluster.Version}",
            ["attestation-interval"] = $"{_admission.AttestationInterval.TotalSeconds:0} s",
        };

    /// <summary>Starts it; it goes on starting when this returns.</summary>
    /// <exception cref="LabException">A part cannot be started.</exception>
    public static async Task<ClusterWing> StartAsync(
        RunSetup setup,
        ClusterBinaries binaries,
        RigNetwork network,
        LabFolders folders,
        ProcessOwner owner,
        double slowness,
        Deadlines deadlines,
        CancellationToken cancellationToken
    )
    {
        var admission = await NodeAdmission.StartAsync(
            AdmissionOptionsOf(setup, network, folders, owner, slowness),
            setup.Time,
            cancellationToken
        );
        try
        {
            var cluster = await RunCluster.StartAsync(
                new ClusterOptions
                {
                    Binaries = binaries,
                    RunFolder = setup.Folder.Root,
                    Folders = folders,
                    Owner = owner,
                    Time = setup.Time,
                    Segment = network.Segment,
                    AuthorizerKubeconfig = admission.AuthorizerKubeconfigPath,
                    StateFolder = setup.Request.Keep ? setup.Folder.PathOf(KeptState) : null,
                    SigningDuration = TimeSpan.FromSeconds(setup.Rig.Cluster.CertificateSeconds),
                },
                cancellationToken
            );
            return new ClusterWing(admission, cluster, deadlines);
        }
        catch
        {
            await admission.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until nodes can join.</summary>
    public Task WaitUntilOpenAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _opening;
        await _admission.DisposeAsync();
        _api.Dispose();
        await _cluster.DisposeAsync();
        _ending.Dispose();
    }

    private static AdmissionOptions AdmissionOptionsOf(
        RunSetup setup,
        RigNetwork network,
        LabFolders folders,
        ProcessOwner owner,
        double slowness
    )
    {
        var folder = folders.CreateSocketFolder();
        owner.OwnPath(folder);
        return new AdmissionOptions
        {
            Nodes = setup.Rig.Boards.Select(PodNetworkOf).ToDictionary(StringComparer.Ordinal),
            PrivateFolder = folder,
            JournalPath = setup.Folder.PathOf($"{Runs.RunFolder.Services}/admission.jsonl"),
            Owner = owner,
            Segment = network.Segment,
            SocketPath = Path.Combine(folder, "authorizer"),
            Interval = TimeSpan.FromSeconds(setup.Rig.AttestationIntervalSeconds * slowness),
        };
    }

    // A /24 for each board, by its place in the rig.
    private static KeyValuePair<string, string> PodNetworkOf(RigBoard board, int index) =>
        new(board.Name, $"10.244.{index + 1}.0/24");

    private async Task<LabException?> OpenAsync(Deadlines deadlines)
    {
        try
        {
            await _cluster.WaitUntilJoinableAsync(deadlines.Of(JoinableSeconds), _ending.Token);
            _admission.Serve(
                new AdmissionCluster(
                    _api,
                    _cluster.BoardEndpoint,
                    _cluster.HostEndpoint,
                    _cluster.CreateClientConfiguration().SslCaCerts[0],
                    _cluster.Version
                )
            );
            _open.SetResult();
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (LabException exception)
        {
            return exception;
        }
    }
}
