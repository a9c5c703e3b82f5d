namespace Lab.Services.Registry;

/// <summary>
/// What each repository of a run holds, by name. It lives as long as the run: what one run, or a board in it, pushes under a name is not seen
/// by another.
/// </summary>
internal sealed class RepositoryTable(RegistryLimits limits)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Repository> _repositories = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
                return [.. _repositories.Keys];
        }
    }

    public bool Exists(string name)
    {
        lock (_gate)
            return _repositories.ContainsKey(name);
    }

    public bool HasBlob(string name, ContentDigest digest)
    {
        lock (_gate)
            return Find(name)?.Blobs.Contains(digest) ?? false;
    }

    public void AddBlob(string name, ContentDigest digest)
    {
        lock (_gate)
        {
            var repository = FindOrAdd(name);
            Bound(repository.Blobs.Count);
            repository.Blobs.Add(digest);
        }
    }

    public bool RemoveBlob(string name, ContentDigest digest)
    {
        lock (_gate)
            return Find(name)?.Blobs.Remove(digest) ?? false;
    }

    /// <summary>The manifest under a digest or a tag.</summary>
    public StoredManifest? FindManifest(string name, string reference)
    {
        lock (_gate)
        {
            if (Find(name) is not { } repository)
                return null;
            if (!ContentDigest.TryParse(reference, out var digest) && !repository.Tags.TryGetValue(reference, out digest))
                return null;
            return repository.Manifests.GetValueOrDefault(digest);
        }
    }

    /// <summary>Puts a manifest in, and a tag on it.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="tag">The tag, if any.</param>
    /// <param name="byLab">Whether the lab publishes it: nobody else can then move the tag or remove the manifest.</param>
    /// <exception cref="RegistryException">The tag is the lab's, and another publisher wants it to name something else.</exception>
    public void AddManifest(string name, StoredManifest manifest, string? tag, bool byLab)
    {
        lock (_gate)
        {
            var repository = FindOrAdd(name);
            if (tag is not null && !byLab && repository.FixedTags.Contains(tag) && repository.Tags[tag] != manifest.Digest)
                throw RegistryException.Fixed($"{name}:{tag}");
            Bound(repository.Manifests.Count);
            repository.Manifests[manifest.Digest] = manifest;
            if (tag is null)
                return;
            Bound(repository.Tags.Count);
            repository.Tags[tag] = manifest.Digest;
            if (byLab)
                repository.FixedTags.Add(tag);
        }
    }

    /// <summary>Removes a tag, or a manifest with all tags that name it.</summary>
    /// <exception cref="RegistryException">The lab published it.</exception>
    public bool RemoveManifest(string name, string reference)
    {
        lock (_gate)
        {
            if (Find(name) is not { } repository)
                return false;
            if (!ContentDigest.TryParse(reference, out var digest))
                return repository.FixedTags.Contains(reference)
                    ? throw RegistryException.Fixed($"{name}:{reference}")
                    : repository.Tags.Remove(reference);
            var tags = repository.Tags.Where(tag => tag.Value == digest).Select(tag => tag.Key).ToArray();
            if (tags.Any(repository.FixedTags.Contains))
                throw RegistryException.Fixed($"{name}@{reference}");
            foreach (var tag in tags)
                repository.Tags.Remove(tag);
            return repository.Manifests.Remove(digest);
        }
    }

    public IReadOnlyList<string> Tags(string name)
    {
        lock (_gate)
            return [.. (Find(name) ?? throw RegistryException.NameUnknown(name)).Tags.Keys];
    }

    public IReadOnlyList<StoredManifest> Referrers(string name, ContentDigest subject)
    {
        lock (_gate)
            return
            [
                .. (Find(name)?.Manifests.Values ?? Enumerable.Empty<StoredManifest>()).Where(manifest =>
                    manifest.Document.Subject == subject
                ),
            ];
    }

    private Repository? Find(string name) => _repositories.GetValueOrDefault(name);

    private Repository FindOrAdd(string name)
    {
        if (Find(name) is { } found)
            return found;
        Bound(_repositories.Count);
        return _repositories[name] = new Repository();
    }

    private void Bound(int count)
    {
        if (count >= limits.Names)
            throw RegistryException.TooMany($"no more than {limits.Names} names are kept");
    }

    private sealed class Repository
    {
        public HashSet<ContentDigest> Blobs { get; } = [];
        public Dictionary<ContentDigest, StoredManifest> Manifests { get; } = [];
        public HashSet<string> FixedTags { get; } = new(StringComparer.Ordinal);
        public SortedDictionary<string, ContentDigest> Tags { get; } = new(StringComparer.Ordinal);
    }
}
