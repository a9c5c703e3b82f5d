namespace Lab.Trust.Tuf;

/// <summary>
/// A TUF client (specification 1.0.x, section 5): brings the trusted metadata up to date from an untrusted
/// repository, and says what is known of a target. Not for use by two threads at once.
/// </summary>
public sealed class TufClient
{
    private readonly TufClientOptions _options;
    private readonly ITufStore _store;
    private readonly MetadataUpdate _update;
    private TopLevelMetadata? _current;

    /// <param name="fetcher">Where the metadata folder is.</param>
    /// <param name="store">Holds at least a root: see <see cref="Initialize"/>.</param>
    /// <param name="options">Clock, limits and signature schemes.</param>
    public TufClient(ITufFetcher fetcher, ITufStore store, TufClientOptions? options = null)
    {
        _options = options ?? new TufClientOptions();
        _store = store;
        _update = new MetadataUpdate(fetcher, store, _options);
    }

    /// <summary>Makes a root that came by a trusted way (built in, by hand) the one to start from. Its expiry does not matter.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.NoRoot"/> when it is not a root signed by its own keys.</exception>
    public static void Initialize(ITufStore store, ReadOnlySpan<byte> root, TufClientOptions? options = null)
    {
        var bytes = root.ToArray();
        MetadataUpdate.CheckPinnedRoot(bytes, options ?? new TufClientOptions());
        store.Write(TufRoles.Root, bytes);
    }

    /// <summary>Follows section 5.2 to 5.6 for the four top-level roles.</summary>
    /// <returns>The versions now trusted.</returns>
    /// <exception cref="TufException">Any code but those of targets. What was verified before the failure stays trusted.</exception>
    public async Task<TufVersions> RefreshAsync(CancellationToken cancellationToken)
    {
        _current = null;
        _current = await _update.RunAsync(cancellationToken);
        return _current.Versions;
    }

    /// <summary>Searches the targets roles in the order of section 5.6.7; refreshes first when that was not done.</summary>
    /// <exception cref="TufException">
    /// <see cref="TufErrorCode.TargetMissing"/> when no role names it; any code of a refresh when a role that must be
    /// asked cannot be trusted.
    /// </exception>
    public async Task<TufTarget> FindTargetAsync(string path, CancellationToken cancellationToken)
    {
        if (_current is null)
        {
            await RefreshAsync(cancellationToken);
        }
        return await new TargetSearch(_update, _current!, _options.MaximumDelegations).FindAsync(path, cancellationToken);
    }

    /// <summary>Downloads a target and checks length and hashes.</summary>
    /// <param name="target">From <see cref="FindTargetAsync"/> of this client.</param>
    /// <param name="fetcher">Where the targets folder is.</param>
    /// <param name="destination">Seekable, readable, empty. Its content may be used only after this method returned.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <exception cref="TufException"><see cref="TufErrorCode.DigestMismatch"/>, <see cref="TufErrorCode.FetchFailed"/>.</exception>
    public async Task DownloadTargetAsync(
        TufTarget target,
        ITufFetcher fetcher,
        Stream destination,
        CancellationToken cancellationToken
    )
    {
        var prefix =
            _options.PrefixTargetsWithHash && _current?.Root.ConsistentSnapshot == true ? target.Hashes.First().Value : null;
        var name = TufFileNames.Target(target.Path, prefix);
        try
        {
            if (!await fetcher.FetchAsync(name, destination, target.Length, cancellationToken))
            {
                throw new TufException(TufErrorCode.FetchFailed, $"The repository has no file {name}.");
            }
        }
        catch (TufException e) when (e.Code == TufErrorCode.Invalid)
        {
            throw new TufException(TufErrorCode.DigestMismatch, $"Target '{target.Path}': {e.Message}", e);
        }
        if (destination.Length != target.Length || !await TufHashes.MatchAsync(target.Hashes, destination, cancellationToken))
        {
            throw new TufException(
                TufErrorCode.DigestMismatch,
                $"Target '{target.Path}' differs from what role '{target.Role}' says of it."
            );
        }
        destination.Position = 0;
    }

    /// <summary>True when a file that is here already is the target, so that no download is needed.</summary>
    public static async Task<bool> IsTargetAsync(TufTarget target, Stream content, CancellationToken cancellationToken) =>
        content.Length == target.Length && await TufHashes.MatchAsync(target.Hashes, content, cancellationToken);
}
