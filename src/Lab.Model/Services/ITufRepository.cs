namespace Lab.Model.Services;

/// <summary>The TUF repository of the rig, as this run serves it.</summary>
public interface ITufRepository : IService
{
    /// <summary>The manifest digest (<c>sha256:…</c>) that a bootable OS target names.</summary>
    Task<string> GetTargetDigestAsync(string target, CancellationToken cancellationToken);

    /// <summary>Keeps all metadata as it is served now.</summary>
    Task<TufState> CaptureAsync(CancellationToken cancellationToken);

    /// <summary>Serves captured metadata again: a rollback when something newer was served since.</summary>
    Task RestoreAsync(TufState state, CancellationToken cancellationToken);

    /// <summary>Signs new versions of timestamp, snapshot and targets over the same content.</summary>
    Task PublishNextVersionAsync(CancellationToken cancellationToken);

    /// <summary>Signs a timestamp that expired at the given time.</summary>
    Task PublishExpiredTimestampAsync(DateTimeOffset expired, CancellationToken cancellationToken);

    /// <summary>Publishes an OS target with another layer of one kind (<c>kernel</c>, <c>initrd</c>, <c>cmdline</c>), signed with the real keys: an insider's change.</summary>
    /// <returns>The new manifest digest.</returns>
    Task<string> PublishLayerAsync(string target, string kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
