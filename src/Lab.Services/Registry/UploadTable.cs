using System.Security.Cryptography;

namespace Lab.Services.Registry;

/// <summary>The uploads in progress: bounded, and forgotten when idle.</summary>
internal sealed class UploadTable(BlobStore blobs, RegistryLimits limits, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _uploads = new(StringComparer.Ordinal);

    public Upload Begin(string repository)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var idle in _uploads.Values.Where(upload => now - upload.TouchedAt > limits.UploadIdle).ToArray())
                Forget(idle);
            if (_uploads.Count >= limits.Uploads)
                throw RegistryException.TooMany($"{limits.Uploads} uploads are in progress");
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var begun = new Upload(id, repository, blobs.NewFile()) { TouchedAt = now };
            _uploads.Add(id, begun);
            return begun;
        }
    }

    /// <summary>The upload, with its gate held: one request at a time.</summary>
    public async Task<Upload> EnterAsync(string repository, string id, CancellationToken cancellationToken)
    {
        Upload? upload;
        lock (_gate)
        {
            if (!_uploads.TryGetValue(id, out upload) || upload.Repository != repository)
                throw RegistryException.UploadUnknown();
            upload.TouchedAt = time.GetUtcNow();
        }
        await upload.Gate.WaitAsync(cancellationToken);
        if (upload.IsOpen)
            return upload;
        upload.Gate.Release();
        throw RegistryException.UploadUnknown();
    }

    public void End(Upload upload)
    {
        lock (_gate)
            Forget(upload);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var upload in _uploads.Values.ToArray())
                Forget(upload);
        }
    }

    private void Forget(Upload upload)
    {
        _uploads.Remove(upload.Id);
        upload.Dispose();
    }
}
