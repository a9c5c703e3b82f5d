using k8s;
using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.GitOps.Api;

namespace Lab.Services.GitOps;

/// <summary>Real Flux, installed in the cluster by its own means: the same objects, and only waiting for what it does with them.</summary>
public sealed class FluxGitOps : IGitOps, IDisposable
{
    private readonly KubeApi _api;
    private readonly FleetObjects _fleet;

    private FluxGitOps(KubernetesClientConfiguration cluster, FleetSource? fleet, TimeProvider time)
    {
        _api = new KubeApi(cluster);
        _fleet = new FleetObjects(_api, fleet, time);
    }

    /// <inheritdoc/>
    public string Engine => "flux";

    /// <summary>Finds Flux in the cluster.</summary>
    /// <exception cref="LabException">Its controllers are not installed or not ready.</exception>
    public static async Task<FluxGitOps> OpenAsync(
        KubernetesClientConfiguration cluster,
        FleetSource? fleet,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var flux = new FluxGitOps(cluster, fleet, time);
        try
        {
            await flux._fleet.RequireFluxAsync(cancellationToken);
            return flux;
        }
        catch
        {
            flux.Dispose();
            throw;
        }
    }

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

    /// <inheritdoc/>
    public void Dispose() => _api.Dispose();
}
