using System.Security.Cryptography;

namespace Lab.Services.Registry;

/// <summary>
/// Content by its digest, in a folder that the runs of a rig share. What is in it was verified when it was put in and never changes, so runs
/// cannot disturb each other here.
/// </summary>
internal sealed class BlobStore
{
    private readonly string _folder;
    private readonly string _incoming;

    public BlobStore(string folder)
    {
        _folder = Path.Combine(folder, "sha256");
        _incoming = Path.Combine(folder, "incoming");
        Directory.CreateDirectory(_folder);
        Directory.CreateDirectory(_incoming);
    }

    public string PathOf(ContentDigest digest) => Path.Combine(_folder, digest.Hex);

    public bool Has(ContentDigest digest) => File.Exists(PathOf(digest));

    public long Length(ContentDigest digest) => new FileInfo(PathOf(digest)).Length;

    /// <summary>A new file to write content into, to be handed to <see cref="Adopt"/>.</summary>
    public string NewFile() => Path.Combine(_incoming, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Takes over a complete file whose digest the caller has computed.</summary>
    public void Adopt(string file, ContentDigest digest) => File.Move(file, PathOf(digest), overwrite: true);

    public async Task<ContentDigest> AddAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var digest = ContentDigest.Of(content.Span);
        if (Has(digest))
            return digest;
        var file = NewFile();
        await File.WriteAllBytesAsync(file, content, cancellationToken);
        Adopt(file, digest);
        return digest;
    }

    /// <summary>Copies a file in, hashing on the way: what is stored under a digest is what was hashed.</summary>
    public async Task<ContentDigest> AddFileAsync(string path, CancellationToken cancellationToken)
    {
        var file = NewFile();
        try
        {
            var digest = await CopyAsync(path, file, cancellationToken);
            Adopt(file, digest);
            return digest;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<ContentDigest> CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var source = new FileStream(
            from,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            0,
            FileOptions.SequentialScan
        );
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        // The name promises the content: it must not be there before the content is, even if the machine loses power.
        target.Flush(flushToDisk: true);
        return ContentDigest.FromHash(hash.GetHashAndReset());
    }
}
