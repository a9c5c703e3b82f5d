using System.Security.Cryptography;

namespace Lab.Services.Registry;

/// <summary>A blob on its way in: bytes go to disk as they come and are hashed once. Use only while holding <see cref="Gate"/>.</summary>
internal sealed class Upload(string id, string repository, string path) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);

    public string Id { get; } = id;

    public string Repository { get; } = repository;

    public string Path { get; } = path;

    public long Length { get; private set; }

    public DateTimeOffset TouchedAt { get; set; }

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public bool IsOpen => _file is not null;

    public async Task AppendAsync(Stream body, long limit, CancellationToken cancellationToken)
    {
        var file = _file ?? throw RegistryException.UploadUnknown();
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (Length + read > limit)
                throw RegistryException.SizeInvalid($"a blob may have {limit} bytes");
            // Not cancelled half-way: what is hashed and what is in the file must stay the same.
            await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            _hash.AppendData(buffer, 0, read);
            Length += read;
        }
    }

    /// <summary>Closes the file and gives its digest. The file is the caller's from now on.</summary>
    public ContentDigest Complete()
    {
        var file = _file ?? throw RegistryException.UploadUnknown();
        file.Flush(flushToDisk: true);
        file.Dispose();
        _file = null;
        return ContentDigest.FromHash(_hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        File.Delete(Path);
        _hash.Dispose();
    }
}
