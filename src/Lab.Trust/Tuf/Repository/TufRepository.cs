using System.Globalization;
using System.Text.Json.Nodes;
using Lab.Trust.Storage;

namespace Lab.Trust.Tuf.Repository;

/// <summary>
/// The writing side: a folder of signed metadata with consistent snapshots (<c>N.role.json</c>, and
/// <c>timestamp.json</c>, which is replaced last). Changes are kept in memory until <see cref="Publish"/>.
/// Not for use by two threads at once.
/// </summary>
public sealed class TufRepository
{
    private readonly Dictionary<string, PublishedRole> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ITufSigner> _signers;
    private readonly TimeProvider _time;
    private JsonObject? _trustedRoot;

    private TufRepository(string folder, IEnumerable<ITufSigner> signers, TimeProvider time)
    {
        Folder = folder;
        _time = time;
        _signers = new Dictionary<string, ITufSigner>(StringComparer.Ordinal);
        foreach (var signer in signers)
        {
            _signers[TufKeyId.Of(signer.Key)] = signer;
        }
    }

    /// <summary>The metadata folder, to be served as it is.</summary>
    public string Folder { get; }

    /// <summary>Makes and publishes a repository without targets.</summary>
    /// <param name="folder">Created; must not hold a repository.</param>
    /// <param name="roles">A plan for each of <see cref="TufRoles.TopLevel"/>.</param>
    /// <param name="signers">Private keys at hand; a threshold of each role's.</param>
    /// <param name="time">Gives the start of each validity.</param>
    /// <exception cref="TufException">
    /// <see cref="TufErrorCode.Signature"/> for too few signers; <see cref="TufErrorCode.Storage"/>.
    /// </exception>
    public static TufRepository Create(
        string folder,
        IReadOnlyDictionary<string, TufRolePlan> roles,
        IEnumerable<ITufSigner> signers,
        TimeProvider time
    )
    {
        if (File.Exists(Path.Combine(folder, "timestamp.json")))
        {
            throw new TufException(TufErrorCode.Storage, $"{folder} holds a repository already.");
        }
        var repository = new TufRepository(folder, signers, time);
        var root = PublishedRole.New(
            TufRoles.Root,
            signed =>
            {
                signed["consistent_snapshot"] = true;
                signed["keys"] = new JsonObject();
                signed["roles"] = new JsonObject();
            }
        );
        repository._roles[TufRoles.Root] = root;
        foreach (var role in TufRoles.TopLevel)
        {
            root.Signed["roles"]![role] = RoleJson.AddKeys((JsonObject)root.Signed["keys"]!, roles[role]);
        }
        repository._roles[TufRoles.Targets] = RoleJson.NewTargets();
        repository._roles[TufRoles.Snapshot] = PublishedRole.New(TufRoles.Snapshot, signed => signed["meta"] = new JsonObject());
        repository._roles[TufRoles.Timestamp] = PublishedRole.New(
            TufRoles.Timestamp,
            signed => signed["meta"] = new JsonObject()
        );
        repository.Publish();
        return repository;
    }

    /// <summary>Continues a published repository from its newest files.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>, <see cref="TufErrorCode.Invalid"/>.</exception>
    public static TufRepository Open(string folder, IEnumerable<ITufSigner> signers, TimeProvider time)
    {
        var repository = new TufRepository(folder, signers, time);
        try
        {
            repository.Load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TufException(TufErrorCode.Storage, $"Repository {folder}: {e.Message}", e);
        }
        return repository;
    }

    /// <summary>The bytes of a root, for example to pin it in a board; version 1 by default.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Storage"/>.</exception>
    public byte[] ReadRoot(long version = 1)
    {
        try
        {
            return File.ReadAllBytes(PathOf(TufRoles.Root, version));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TufException(TufErrorCode.Storage, e.Message, e);
        }
    }

    /// <summary>Adds or replaces a target.</summary>
    /// <param name="path">Its path in the repository.</param>
    /// <param name="content">Only its length and SHA-256 are kept.</param>
    /// <param name="custom">The application's own description.</param>
    /// <param name="role">The role that is to name it.</param>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for an unknown role.</exception>
    public void AddTarget(string path, ReadOnlySpan<byte> content, JsonObject? custom = null, string role = TufRoles.Targets)
    {
        var target = new JsonObject { ["length"] = content.Length, ["hashes"] = RoleJson.Hashes(content) };
        if (custom is not null)
        {
            target["custom"] = custom.DeepClone();
        }
        Targets(role)[path] = target;
        _roles[role].Changed = true;
    }

    /// <summary>Adds a target whose bytes are an OCI manifest, to be pulled from a registry by its digest.</summary>
    /// <param name="path">For example <c>os/edge-node</c>.</param>
    /// <param name="ociRepository">The name in the registry.</param>
    /// <param name="manifest">The exact bytes.</param>
    /// <param name="role">The role that is to name it.</param>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for an unknown role.</exception>
    public void AddOciTarget(string path, string ociRepository, ReadOnlySpan<byte> manifest, string role = TufRoles.Targets) =>
        AddTarget(path, manifest, new JsonObject { ["oci"] = new JsonObject { ["repository"] = ociRepository } }, role);

    /// <returns><c>false</c> when the role did not name the target.</returns>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for an unknown role.</exception>
    public bool RemoveTarget(string path, string role = TufRoles.Targets)
    {
        var removed = Targets(role).Remove(path);
        _roles[role].Changed |= removed;
        return removed;
    }

    /// <summary>Appends a delegation, or replaces the one with the same name, and makes the role if it is new.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for a name that is not allowed or unknown.</exception>
    public void Delegate(TufDelegationPlan plan, string delegator = TufRoles.Targets)
    {
        if (plan.Name.Length == 0 || TufRoles.IsTopLevel(plan.Name) || plan.Paths is null == plan.PathHashPrefixes is null)
        {
            throw StrictJson.Invalid($"delegation to '{plan.Name}': bad name, or not exactly one kind of paths.");
        }
        Targets(delegator);
        var signed = _roles[delegator].Signed;
        var delegations = (JsonObject)(
            signed["delegations"] ??= new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() }
        );
        var role = RoleJson.AddKeys((JsonObject)delegations["keys"]!, plan.Role);
        role["name"] = plan.Name;
        role["terminating"] = plan.Terminating;
        role[plan.Paths is null ? "path_hash_prefixes" : "paths"] = MetadataFile.Texts(plan.Paths ?? plan.PathHashPrefixes!);
        RoleJson.Put((JsonArray)delegations["roles"]!, role);
        _roles[delegator].Changed = true;
        if (!_roles.TryGetValue(plan.Name, out var delegated))
        {
            _roles[plan.Name] = delegated = RoleJson.NewTargets();
        }
        delegated.Changed = true;
    }

    /// <summary>Replaces keys, threshold and validity of a top-level role. The next root is signed by the old root's keys too.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for another role: delegate it again instead.</exception>
    public void Rotate(string role, TufRolePlan plan)
    {
        if (!TufRoles.IsTopLevel(role))
        {
            throw StrictJson.Invalid($"'{role}' is not a top-level role.");
        }
        var root = _roles[TufRoles.Root];
        root.Signed["roles"]![role] = RoleJson.AddKeys((JsonObject)root.Signed["keys"]!, plan);
        RoleJson.DropUnusedKeys(root.Signed);
        root.Changed = true;
        _roles[role].Changed = true;
    }

    /// <summary>Makes more private keys usable, for a rotation.</summary>
    public void AddSigner(ITufSigner signer) => _signers[TufKeyId.Of(signer.Key)] = signer;

    /// <summary>
    /// Makes the next <see cref="Publish"/> write the role again, with this expiry instead of now plus validity. A time
    /// in the past is allowed: that is how a freeze attack is staged.
    /// </summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for an unknown role.</exception>
    public void SetExpiry(string role, DateTimeOffset expires)
    {
        Touch(role);
        _roles[role].Expires = expires;
    }

    /// <summary>Makes the next <see cref="Publish"/> write the role again, with a new version and expiry.</summary>
    /// <exception cref="TufException"><see cref="TufErrorCode.Invalid"/> for an unknown role.</exception>
    public void Touch(string role)
    {
        if (!_roles.TryGetValue(role, out var published))
        {
            throw StrictJson.Invalid($"there is no role '{role}'.");
        }
        published.Changed = true;
    }

    /// <summary>Signs what changed and writes it, the timestamp last; a reader sees the old set or the new one.</summary>
    /// <returns>The versions now published.</returns>
    /// <exception cref="TufException">
    /// <see cref="TufErrorCode.Signature"/> when fewer private keys than a threshold are at hand (nothing is written);
    /// <see cref="TufErrorCode.Storage"/>.
    /// </exception>
    public TufVersions Publish()
    {
        RequireSigners();
        var files = new List<(string Role, byte[] Bytes)>();
        foreach (var role in PublishOrder())
        {
            Collect(role);
            if (_roles[role].Changed)
            {
                files.Add((role, Sign(role)));
            }
        }
        Write(files);
        _trustedRoot = (JsonObject)_roles[TufRoles.Root].Signed.DeepClone();
        return new TufVersions(
            _roles[TufRoles.Root].Version,
            _roles[TufRoles.Timestamp].Version,
            _roles[TufRoles.Snapshot].Version,
            _roles[TufRoles.Targets].Version
        );
    }

    /// <summary>Before anything is signed, so that a failure leaves all changes in place.</summary>
    private void RequireSigners()
    {
        var changed = _roles.Where(role => role.Value.Changed).Select(role => role.Key);
        var names = changed.ToHashSet(StringComparer.Ordinal);
        if (names.Any(name => name != TufRoles.Root))
        {
            names.Add(TufRoles.Timestamp);
        }
        if (names.Any(name => name is not (TufRoles.Root or TufRoles.Timestamp)))
        {
            names.Add(TufRoles.Snapshot);
        }
        foreach (var name in names)
        {
            foreach (var authority in Authorities(name))
            {
                var count = RoleJson.KeyIds(authority).Count(_signers.ContainsKey);
                if (count < RoleJson.Threshold(authority))
                {
                    throw new TufException(
                        TufErrorCode.Signature,
                        $"Role '{name}' needs {RoleJson.Threshold(authority)} signatures; {count} of its private keys are here."
                    );
                }
            }
        }
    }

    private IEnumerable<string> PublishOrder() =>
        [
            TufRoles.Root,
            .. _roles.Keys.Where(role => !TufRoles.IsTopLevel(role)),
            TufRoles.Targets,
            TufRoles.Snapshot,
            TufRoles.Timestamp,
        ];

    /// <summary>Brings what snapshot and timestamp say of other files up to date.</summary>
    private void Collect(string role)
    {
        if (role == TufRoles.Snapshot)
        {
            foreach (var name in _roles.Keys.Where(name => !TufRoles.IsTopLevel(name)).Append(TufRoles.Targets))
            {
                Describe(_roles[role], name);
            }
        }
        else if (role == TufRoles.Timestamp)
        {
            Describe(_roles[role], TufRoles.Snapshot);
        }
    }

    private void Describe(PublishedRole describer, string role)
    {
        var bytes = _roles[role].Bytes!;
        var meta = new JsonObject
        {
            ["version"] = _roles[role].Version,
            ["length"] = bytes.Length,
            ["hashes"] = RoleJson.Hashes(bytes),
        };
        var all = (JsonObject)describer.Signed["meta"]!;
        if (!JsonNode.DeepEquals(all[$"{role}.json"], meta))
        {
            all[$"{role}.json"] = meta;
            describer.Changed = true;
        }
    }

    private byte[] Sign(string name)
    {
        var role = _roles[name];
        var authorities = Authorities(name).ToArray();
        var signed = (JsonObject)role.Signed.DeepClone();
        signed["version"] = role.Version + 1;
        signed["expires"] = MetadataFile.Time(role.Expires ?? _time.GetUtcNow() + RoleJson.Validity(authorities[0]));
        var keyIds = authorities.SelectMany(RoleJson.KeyIds).Distinct(StringComparer.Ordinal).Where(_signers.ContainsKey);
        role.Bytes = MetadataFile.Sign(signed, keyIds.Select(id => _signers[id]));
        role.Signed["version"] = role.Version + 1;
        role.Signed["expires"] = signed["expires"]!.DeepClone();
        role.Changed = false;
        role.Expires = null;
        return role.Bytes;
    }

    /// <summary>The objects that say who signs a role. A root has two after a rotation; several roles may delegate to one.</summary>
    private IEnumerable<JsonObject> Authorities(string name)
    {
        if (TufRoles.IsTopLevel(name))
        {
            yield return (JsonObject)_roles[TufRoles.Root].Signed["roles"]![name]!;
            if (name == TufRoles.Root && _trustedRoot is not null)
            {
                yield return (JsonObject)_trustedRoot["roles"]![name]!;
            }
            yield break;
        }
        foreach (var delegator in _roles.Values)
        {
            foreach (var role in delegator.Signed["delegations"]?["roles"] as JsonArray ?? [])
            {
                if ((string)role!["name"]! == name)
                {
                    yield return (JsonObject)role;
                }
            }
        }
    }

    private void Write(List<(string Role, byte[] Bytes)> files)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            foreach (var (role, bytes) in files)
            {
                AtomicFile.Write(PathOf(role, role == TufRoles.Timestamp ? null : _roles[role].Version), bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TufException(TufErrorCode.Storage, $"Repository {Folder}: {e.Message}", e);
        }
    }

    private void Load()
    {
        var newest = Directory
            .EnumerateFiles(Folder, "*.root.json")
            .Max(file => long.Parse(Path.GetFileName(file).Split('.')[0], CultureInfo.InvariantCulture));
        Load(TufRoles.Root, TufRoles.Root, newest);
        _trustedRoot = (JsonObject)_roles[TufRoles.Root].Signed.DeepClone();
        Load(TufRoles.Timestamp, TufRoles.Timestamp, version: null);
        var timestamp = TimestampMetadata.Parse(_roles[TufRoles.Timestamp].Bytes!);
        Load(TufRoles.Snapshot, TufRoles.Snapshot, timestamp.Snapshot.Version);
        foreach (var (file, meta) in SnapshotMetadata.Parse(_roles[TufRoles.Snapshot].Bytes!).Meta)
        {
            Load(file[..^".json".Length], TufRoles.Targets, meta.Version);
        }
    }

    private void Load(string role, string type, long? version) =>
        _roles[role] = PublishedRole.Read(File.ReadAllBytes(PathOf(role, version)), type);

    private JsonObject Targets(string role) =>
        _roles.TryGetValue(role, out var published) && published.Signed["targets"] is JsonObject targets
            ? targets
            : throw StrictJson.Invalid($"there is no targets role '{role}'.");

    private string PathOf(string role, long? version) => Path.Combine(Folder, TufFileNames.Metadata(role, version));
}
