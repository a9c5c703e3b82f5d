using Lab.Model.Errors;
using Lab.Model.Services;

namespace Lab.Services.Registry;

/// <summary>The registry of one run: names of its own over the content that the rig's runs share.</summary>
internal sealed class RunRegistry : IRegistry, IDisposable
{
    private readonly BlobStore _blobs;
    private readonly RepositoryTable _repositories;
    private readonly UploadTable _uploads;
    private readonly RegistryOverlay _overlay;
    private readonly RegistryReader _reader;
    private Uri? _hostOrigin;

    /// <param name="blobFolder">The rig's blobs.</param>
    /// <param name="workFolder">Where this run's substitutes are kept.</param>
    /// <param name="limits">What clients may store at most.</param>
    /// <param name="time">The clock.</param>
    public RunRegistry(string blobFolder, string workFolder, RegistryLimits limits, TimeProvider time)
    {
        _blobs = new BlobStore(blobFolder);
        _repositories = new RepositoryTable(limits);
        _uploads = new UploadTable(_blobs, limits, time);
        _overlay = new RegistryOverlay(workFolder);
        _reader = new RegistryReader(_blobs, _repositories, _overlay);
        Endpoints = new RegistryEndpoints(_reader, new RegistryWriter(_blobs, _repositories, _uploads, limits));
    }

    public RegistryEndpoints Endpoints { get; }

    public Uri HostOrigin => _hostOrigin ?? throw new InvalidOperationException("the registry is not served yet");

    /// <summary>The repositories that there are.</summary>
    public IReadOnlyList<string> Names => _repositories.Names;

    public void ServedAt(Uri origin) => _hostOrigin = origin;

    public Task<byte[]> ReadAsync(string repository, string digest, CancellationToken cancellationToken)
    {
        var found = Demand(repository, digest);
        return File.ReadAllBytesAsync(_reader.Served(repository, found), cancellationToken);
    }

    public Task<string?> FindFaultAsync(string repository, string reference, CancellationToken cancellationToken) =>
        RegistryProbe.FindFaultAsync(HostOrigin, repository, reference, cancellationToken);

    public Task SubstituteAsync(
        string repository,
        string digest,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    ) => _overlay.SubstituteAsync(repository, Demand(repository, digest), content, cancellationToken);

    /// <summary>Stages a registry that dies in the middle of a pull.</summary>
    public void Cut(string repository, string digest, long afterBytes) => _overlay.Cut(Demand(repository, digest), afterBytes);

    /// <summary>Ends what <see cref="Cut"/> staged.</summary>
    public void Restore(string repository, string digest) => _overlay.Restore(Demand(repository, digest));

    /// <summary>Puts a file into a repository. With a digest that the rig has stored before, the file is not read again.</summary>
    public async Task<OsManifest.Part> AddBlobAsync(
        string repository,
        string path,
        string? knownDigest,
        CancellationToken cancellationToken
    )
    {
        var known = ContentDigest.TryParse(knownDigest, out var digest);
        if (!known || !_blobs.Has(digest) || _blobs.Length(digest) != new FileInfo(path).Length)
        {
            var stored = await _blobs.AddFileAsync(path, cancellationToken);
            if (known && stored != digest)
                throw new LabException($"the file's digest is {stored}, not {digest}", path, "run ./hwlab setup again");
            digest = stored;
        }
        _repositories.AddBlob(repository, digest);
        return new OsManifest.Part(digest, _blobs.Length(digest));
    }

    public async Task<ContentDigest> AddBlobAsync(
        string repository,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        var digest = await _blobs.AddAsync(content, cancellationToken);
        _repositories.AddBlob(repository, digest);
        return digest;
    }

    public async Task<ContentDigest> AddManifestAsync(
        string repository,
        ReadOnlyMemory<byte> content,
        string? tag,
        CancellationToken cancellationToken
    )
    {
        var document = ManifestDocument.Parse(content, contentType: null);
        var digest = await _blobs.AddAsync(content, cancellationToken);
        _repositories.AddManifest(repository, new StoredManifest(digest, content.Length, document), tag, byLab: true);
        return digest;
    }

    public void Dispose() => _uploads.Dispose();

    private ContentDigest Demand(string repository, string text)
    {
        if (
            ContentDigest.TryParse(text, out var digest)
            && (_repositories.HasBlob(repository, digest) || _repositories.FindManifest(repository, text) is not null)
        )
            return digest;
        throw new LabException($"no {text} in repository '{repository}'", "registry", "see that the artifact was published");
    }
}
