using Lab.Model.Services;

namespace Lab.Controller.Wiring;

/// <summary>A GitOps engine that starts when the cluster answers, while the board boots: who asks it something waits for it.</summary>
internal sealed class GitOpsWhenReady(string engine, Task<IGitOps> starting) : IGitOps
{
    public string Engine => engine;

    public async Task FollowFleetAsync(CancellationToken cancellationToken) =>
        await (await starting.WaitAsync(cancellationToken)).FollowFleetAsync(cancellationToken);

    public async Task<SyncStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        await (await starting.WaitAsync(cancellationToken)).GetStatusAsync(cancellationToken);

    public async Task<SyncStatus> WaitAsync(
        Func<SyncStatus, bool> until,
        string what,
        TimeSpan deadline,
        CancellationToken cancellationToken
    ) => await (await starting.WaitAsync(cancellationToken)).WaitAsync(until, what, deadline, cancellationToken);

    public async Task ReconcileAsync(CancellationToken cancellationToken) =>
        await (await starting.WaitAsync(cancellationToken)).ReconcileAsync(cancellationToken);
}
