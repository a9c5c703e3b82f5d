namespace Lab.Trust.Tuf;

/// <summary>
/// The detailed client workflow (spec 5.1 to 5.6). Stored metadata is verified again on every load, against the keys
/// that are right now: metadata that those keys did not sign no longer counts, which is the recovery from a
/// fast-forward attack (5.3.11), and holds for delegated roles too.
/// </summary>
internal sealed class MetadataUpdate(ITufFetcher fetcher, ITufStore store, TufClientOptions options)
{
    private readonly SignatureVerifier _verifier = new(options.Schemes);

    public static void CheckPinnedRoot(byte[] bytes, TufClientOptions options)
    {
        try
        {
            var root = RootMetadata.Parse(bytes);
            new SignatureVerifier(options.Schemes).Require(TufRoles.Root, root.Envelope, root.Keys, root.Roles[TufRoles.Root]);
        }
        catch (TufException e)
        {
            throw new TufException(TufErrorCode.NoRoot, $"The trusted root cannot be used. {e.Message}", e);
        }
    }

    public async Task<TopLevelMetadata> RunAsync(CancellationToken cancellationToken)
    {
        var start = options.Time.GetUtcNow();
        var root = await UpdateRootAsync(cancellationToken);
        RequireFresh(TufRoles.Root, root.Envelope, start);
        var storedSnapshot = Stored(TufRoles.Snapshot, root, SnapshotMetadata.Parse, s => s.Envelope);
        var timestamp = await UpdateTimestampAsync(root, storedSnapshot, start, cancellationToken);
        var snapshot = await UpdateSnapshotAsync(root, timestamp, storedSnapshot, start, cancellationToken);
        var targets = await LoadTargetsAsync(
            TufRoles.Targets,
            root.Keys,
            root.Roles[TufRoles.Targets],
            root,
            snapshot,
            start,
            cancellationToken
        );
        return new TopLevelMetadata(start, root, timestamp, snapshot, targets);
    }

    /// <summary>Loads a targets role, top-level or delegated: the stored one if it is still the right one, or a fetched one.</summary>
    public async Task<TargetsMetadata> LoadTargetsAsync(
        string role,
        IReadOnlyDictionary<string, TufKey> keys,
        TufRole signers,
        RootMetadata root,
        SnapshotMetadata snapshot,
        DateTimeOffset start,
        CancellationToken cancellationToken
    )
    {
        if (!snapshot.Meta.TryGetValue($"{role}.json", out var meta))
        {
            throw StrictJson.Invalid($"snapshot does not list role '{role}'.");
        }
        if (store.Read(role) is { } stored)
        {
            try
            {
                return CheckTargets(stored, role, keys, signers, meta, start);
            }
            catch (TufException)
            {
                // Old, or no longer signed by the right keys: the repository's answer decides.
            }
        }
        var bytes = await FetchAsync(role, meta, root, options.MaximumTargetsLength, cancellationToken);
        var targets = CheckTargets(bytes, role, keys, signers, meta, start);
        store.Write(role, bytes);
        return targets;
    }

    private TargetsMetadata CheckTargets(
        byte[] bytes,
        string role,
        IReadOnlyDictionary<string, TufKey> keys,
        TufRole signers,
        TufMetaFile meta,
        DateTimeOffset start
    )
    {
        RequireContent(role, bytes, meta);
        var targets = TargetsMetadata.Parse(bytes, role);
        _verifier.Require(role, targets.Envelope, keys, signers);
        RequireVersion(role, targets.Envelope, meta.Version);
        RequireFresh(role, targets.Envelope, start);
        return targets;
    }

    private async Task<RootMetadata> UpdateRootAsync(CancellationToken cancellationToken)
    {
        var bytes =
            store.Read(TufRoles.Root)
            ?? throw new TufException(TufErrorCode.NoRoot, "No trusted root is stored: initialize first.");
        CheckPinnedRoot(bytes, options);
        var root = RootMetadata.Parse(bytes);
        for (var i = 0; i < options.MaximumRootRotations; i++)
        {
            var version = root.Envelope.Version + 1;
            var name = TufFileNames.Metadata(TufRoles.Root, version);
            if (await TryFetchAsync(name, options.MaximumRootLength, cancellationToken) is not { } content)
            {
                break;
            }
            var next = RootMetadata.Parse(content);
            // Signed by the old root's keys and by its own (5.3.4).
            _verifier.Require(TufRoles.Root, next.Envelope, root.Keys, root.Roles[TufRoles.Root]);
            _verifier.Require(TufRoles.Root, next.Envelope, next.Keys, next.Roles[TufRoles.Root]);
            RequireVersion(TufRoles.Root, next.Envelope, version);
            store.Write(TufRoles.Root, content);
            root = next;
        }
        return root;
    }

    private async Task<TimestampMetadata> UpdateTimestampAsync(
        RootMetadata root,
        SnapshotMetadata? storedSnapshot,
        DateTimeOffset start,
        CancellationToken cancellationToken
    )
    {
        var stored = Stored(TufRoles.Timestamp, root, TimestampMetadata.Parse, t => t.Envelope);
        if (storedSnapshot is null && store.Read(TufRoles.Snapshot) is not null)
        {
            // Snapshot keys were rotated: what the old timestamp says of the snapshot must not bind (5.3.11).
            stored = null;
        }
        var bytes =
            await TryFetchAsync(
                TufFileNames.Metadata(TufRoles.Timestamp, version: null),
                options.MaximumTimestampLength,
                cancellationToken
            ) ?? throw new TufException(TufErrorCode.FetchFailed, "The repository has no timestamp.json.");
        var timestamp = TimestampMetadata.Parse(bytes);
        _verifier.Require(TufRoles.Timestamp, timestamp.Envelope, root.Keys, root.Roles[TufRoles.Timestamp]);
        if (stored is not null)
        {
            RequireNotOlder(TufRoles.Timestamp, timestamp.Envelope.Version, stored.Envelope.Version);
            if (timestamp.Envelope.Version == stored.Envelope.Version)
            {
                // 5.4.3.1: the new file is discarded, whatever it says; the trusted one may have expired meanwhile.
                RequireFresh(TufRoles.Timestamp, stored.Envelope, start);
                return stored;
            }
            RequireNotOlder(TufRoles.Snapshot, timestamp.Snapshot.Version, stored.Snapshot.Version);
        }
        RequireFresh(TufRoles.Timestamp, timestamp.Envelope, start);
        store.Write(TufRoles.Timestamp, bytes);
        return timestamp;
    }

    private async Task<SnapshotMetadata> UpdateSnapshotAsync(
        RootMetadata root,
        TimestampMetadata timestamp,
        SnapshotMetadata? stored,
        DateTimeOffset start,
        CancellationToken cancellationToken
    )
    {
        var meta = timestamp.Snapshot;
        if (
            stored is not null
            && stored.Envelope.Version == meta.Version
            && stored.Envelope.Expires > start
            && ContentMatches(stored.Envelope.Bytes, meta)
        )
        {
            return stored;
        }
        var bytes = await FetchAsync(TufRoles.Snapshot, meta, root, options.MaximumSnapshotLength, cancellationToken);
        RequireContent(TufRoles.Snapshot, bytes, meta);
        var snapshot = SnapshotMetadata.Parse(bytes);
        _verifier.Require(TufRoles.Snapshot, snapshot.Envelope, root.Keys, root.Roles[TufRoles.Snapshot]);
        RequireVersion(TufRoles.Snapshot, snapshot.Envelope, meta.Version);
        RequireNoRoleOlder(snapshot, stored);
        RequireFresh(TufRoles.Snapshot, snapshot.Envelope, start);
        store.Write(TufRoles.Snapshot, bytes);
        return snapshot;
    }

    /// <summary>The stored metadata of a role when the current root's keys signed it; its expiry does not matter here.</summary>
    private T? Stored<T>(string role, RootMetadata root, Func<byte[], T> parse, Func<T, TufMetadata> envelope)
        where T : class
    {
        if (store.Read(role) is not { } bytes)
        {
            return null;
        }
        try
        {
            var metadata = parse(bytes);
            _verifier.Require(role, envelope(metadata), root.Keys, root.Roles[role]);
            return metadata;
        }
        catch (TufException)
        {
            return null;
        }
    }

    private async Task<byte[]> FetchAsync(
        string role,
        TufMetaFile meta,
        RootMetadata root,
        int maximumLength,
        CancellationToken cancellationToken
    )
    {
        var name = TufFileNames.Metadata(role, root.ConsistentSnapshot ? meta.Version : null);
        var limit = meta.Length is { } length && length < maximumLength ? (int)length : maximumLength;
        return await TryFetchAsync(name, limit, cancellationToken)
            ?? throw new TufException(TufErrorCode.FetchFailed, $"The repository has no {name}.");
    }

    private async Task<byte[]?> TryFetchAsync(string name, int maximumLength, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        return await fetcher.FetchAsync(name, content, maximumLength, cancellationToken) ? content.ToArray() : null;
    }

    private static bool ContentMatches(byte[] bytes, TufMetaFile meta) =>
        (meta.Length is null || meta.Length == bytes.Length) && (meta.Hashes is null || TufHashes.Match(meta.Hashes, bytes));

    private static void RequireContent(string role, byte[] bytes, TufMetaFile meta)
    {
        if (!ContentMatches(bytes, meta))
        {
            throw new TufException(
                TufErrorCode.Invalid,
                $"Metadata of role '{role}' differs in length or hash from what was signed for it."
            );
        }
    }

    private static void RequireVersion(string role, TufMetadata metadata, long expected)
    {
        if (metadata.Version != expected)
        {
            throw new TufException(
                metadata.Version < expected ? TufErrorCode.Rollback : TufErrorCode.Invalid,
                $"Metadata of role '{role}' has version {metadata.Version}; {expected} is the right one."
            );
        }
    }

    private static void RequireNotOlder(string role, long version, long trusted)
    {
        if (version < trusted)
        {
            throw new TufException(
                TufErrorCode.Rollback,
                $"Role '{role}' is offered in version {version}; version {trusted} is trusted already."
            );
        }
    }

    /// <summary>No role may disappear from the snapshot or go back (5.5.5).</summary>
    private static void RequireNoRoleOlder(SnapshotMetadata snapshot, SnapshotMetadata? trusted)
    {
        if (trusted is null)
        {
            return;
        }
        foreach (var (name, old) in trusted.Meta)
        {
            if (!snapshot.Meta.TryGetValue(name, out var now) || now.Version < old.Version)
            {
                throw new TufException(
                    TufErrorCode.Rollback,
                    $"Snapshot lists {name} in version {now?.Version ?? 0}; version {old.Version} is trusted already."
                );
            }
        }
    }

    private static void RequireFresh(string role, TufMetadata metadata, DateTimeOffset start)
    {
        if (metadata.Expires <= start)
        {
            throw new TufException(
                TufErrorCode.Expired,
                $"Metadata of role '{role}', version {metadata.Version}, expired at {metadata.Expires:u}; it is {start:u}."
            );
        }
    }
}
