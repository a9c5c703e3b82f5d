namespace Lab.Model.Services;

/// <summary>The GitOps engine: it speaks Flux's API (GitRepository, Kustomization), whichever engine it is.</summary>
public interface IGitOps : IService
{
    /// <summary><c>embedded</c> or <c>flux</c>.</summary>
    string Engine { get; }

    /// <summary>Creates the objects that make the engine follow the fleet's repository.</summary>
    Task FollowFleetAsync(CancellationToken cancellationToken);

    /// <summary>How the sync stands.</summary>
    Task<SyncStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Waits until the sync stands as demanded; at once when it does so already.</summary>
    /// <exception cref="Errors.LabException">It did not within the deadline; says how it stands.</exception>
    Task<SyncStatus> WaitAsync(Func<SyncStatus, bool> until, string what, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Asks for a reconciliation now (annotation <c>reconcile.fluxcd.io/requestedAt</c>).</summary>
    Task ReconcileAsync(CancellationToken cancellationToken);
}
