using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Artifacts;
using Lab.Services.GitOps.Build;
using Lab.Services.GitOps.Engine;

namespace Lab.Services.GitOps;

/// <summary>
/// The lab's own GitOps engine, in this process: it speaks Flux's API (GitRepository, Kustomization), so that real Flux could take over the same
/// objects. One engine rules a cluster; do not run it beside Flux.
/// </summary>
public sealed class EmbeddedGitOps : IGitOps, IAsyncDisposable
{
    private static readonly TimeSpan ApiPatience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stopping = new();
    private readonly KubeApi _api;
    private readonly GitOpsController _controller;
    private readonly FleetObjects _fleet;
    private Task _running = Task.CompletedTask;

    private EmbeddedGitOps(EmbeddedGitOpsOptions options)
    {
        _api = new KubeApi(options.Cluster);
        var parts = new EngineParts(
            _api,
            new ArtifactStore(Path.Combine(options.WorkFolder, "artifacts")),
            new ManifestBuilder(options.Kustomize),
            options.WorkFolder,
            options.Limits,
            options.Time
        );
        _controller = new GitOpsController(
            parts,
            (kind, key, exception) =>
            {
                // Somebody else wrote in between: it is read again at once, and nobody need know.
                if (exception is not KubeApiException { IsConflict: true })
                    options.OnTrouble?.Invoke($"{kind}/{key}: {exception.GetType().Name}: {exception.Message}");
            }
        );
        _fleet = new FleetObjects(_api, options.Fleet, options.Time);
    }

    /// <inheritdoc/>
    public string Engine => "embedded";

    /// <summary>Installs the API (custom resource definitions) and starts to reconcile.</summary>
    /// <exception cref="LabException">The API server cannot be reached, or another engine rules this cluster.</exception>
    public static async Task<EmbeddedGitOps> StartAsync(EmbeddedGitOpsOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.WorkFolder);
        var engine = new EmbeddedGitOps(options);
        try
        {
            await engine._fleet.RefuseFluxAsync(cancellationToken);
            await new ApiInstaller(engine._api, options.Time).InstallAsync(ApiPatience, cancellationToken);
            engine._running = engine._controller.RunAsync(engine._stopping.Token);
            return engine;
        }
        catch (Exception exception)
        {
            await engine.DisposeAsync();
            if (exception is KubeApiException or HttpRequestException)
                throw new LabException($"the GitOps engine cannot be started: {exception.Message}", "gitops", inner: exception);
            throw;
        }
    }

    /// <summary>Looks at all followed repositories now: for whoever hears of a push.</summary>
    public void Notify() => _controller.Notify();

    /// <inheritdoc/>
    public Task FollowFleetAsync(CancellationToken cancellationToken) => _fleet.CreateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SyncStatus> GetStatusAsync(CancellationToken cancellationToken) => _fleet.GetStatusAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SyncStatus> WaitAsync(
        Func<SyncStatus, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) => _fleet.WaitAsync(until, what, deadline, cancellationToken);

    /// <inheritdoc/>
    public Task ReconcileAsync(CancellationToken cancellationToken) => _fleet.ReconcileAsync(cancellationToken);

    /// <summary>Ends the work that is in progress; what is applied stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _running;
        _controller.Dispose();
        _api.Dispose();
        _stopping.Dispose();
    }
}
