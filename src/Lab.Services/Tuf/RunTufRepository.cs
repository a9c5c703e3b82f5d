using Lab.Model.Errors;
using Lab.Model.Services;
using Lab.Services.Registry;
using Lab.Trust.Tuf;
using Lab.Trust.Tuf.Repository;

namespace Lab.Services.Tuf;

/// <summary>
/// The TUF repository as one run serves it: a copy of the rig's metadata, taken when this run publishes, so that no other run can change what
/// its boards see.
/// </summary>
internal sealed class RunTufRepository(RigTufRepository rig, OsPublisher publisher, OsArtifact os, TimeProvider time)
    : ITufRepository
{
    // A run takes minutes; metadata that would expire under it is signed anew.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(6);

    private volatile TufState _served = new(new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal));
    private byte[] _manifest = [];

    /// <summary>A metadata file as served now, or null.</summary>
    // The cast: a plain null would become empty content, not none.
    public ReadOnlyMemory<byte>? Find(string name) =>
        _served.Files.TryGetValue(name, out var content) ? (ReadOnlyMemory<byte>?)content : null;

    /// <summary>Publishes the run's OS, unless the rig's newest metadata names it already.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _manifest = await publisher.PublishAsync(os, cancellationToken);
        var newest = await rig.CaptureAsync(cancellationToken);
        var wanted = ContentDigest.Of(_manifest).Hex;
        var named = ServedMetadata.Targets(newest).FirstOrDefault(target => target.Name == os.Target);
        if (
            named?.Sha256 == wanted
            && named.Repository == os.Repository
            && ServedMetadata.Expires(newest) > time.GetUtcNow() + Margin
        )
            _served = newest;
        else
            await PublishAsync(repository => Renew(repository, newest), cancellationToken);
    }

    public Task<string> GetTargetDigestAsync(string target, CancellationToken cancellationToken)
    {
        var found =
            ServedMetadata.Targets(_served).FirstOrDefault(candidate => candidate.Name == target)
            ?? throw new LabException($"the TUF repository names no target '{target}'", "tuf", "publish it first");
        return Task.FromResult("sha256:" + found.Sha256);
    }

    public Task<TufState> CaptureAsync(CancellationToken cancellationToken) => Task.FromResult(_served);

    public Task RestoreAsync(TufState state, CancellationToken cancellationToken)
    {
        _served = state;
        return Task.CompletedTask;
    }

    public Task PublishNextVersionAsync(CancellationToken cancellationToken) =>
        PublishAsync(repository => Touch(repository, TufRoles.Targets, TufRoles.Snapshot, TufRoles.Timestamp), cancellationToken);

    public Task PublishExpiredTimestampAsync(DateTimeOffset expired, CancellationToken cancellationToken) =>
        PublishAsync(repository => repository.SetExpiry(TufRoles.Timestamp, expired), cancellationToken);

    public async Task<string> PublishLayerAsync(
        string target,
        string kind,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        if (target != os.Target)
            throw new LabException($"this run publishes no target '{target}'", "tuf", $"its target is {os.Target}");
        _manifest = await publisher.PublishAsync(os, kind, content, cancellationToken);
        await PublishAsync(_ => { }, cancellationToken);
        return ContentDigest.Of(_manifest).ToString();
    }

    private void Renew(TufRepository repository, TufState newest)
    {
        if (ServedMetadata.Expires(newest) <= time.GetUtcNow() + Margin)
            Touch(repository, TufRoles.Root, TufRoles.Targets, TufRoles.Snapshot, TufRoles.Timestamp);
    }

    // The rig's newest metadata may come from another run: this run's target goes into whatever this run publishes.
    private async Task PublishAsync(Action<TufRepository> change, CancellationToken cancellationToken) =>
        _served = await rig.PublishAsync(
            repository =>
            {
                repository.AddOciTarget(os.Target, os.Repository, _manifest);
                change(repository);
            },
            cancellationToken
        );

    private static void Touch(TufRepository repository, params string[] roles)
    {
        foreach (var role in roles)
            repository.Touch(role);
    }
}
