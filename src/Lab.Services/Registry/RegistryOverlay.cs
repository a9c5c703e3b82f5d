using System.Collections.Concurrent;

namespace Lab.Services.Registry;

/// <summary>What this run's registry does other than it should, because an attack or a fault is staged. The store beneath stays honest.</summary>
internal sealed class RegistryOverlay(string folder)
{
    private readonly ConcurrentDictionary<(string Repository, ContentDigest Digest), string> _substitutes = new();
    private readonly ConcurrentDictionary<ContentDigest, long> _cuts = new();
    private int _count;

    public string? Substitute(string repository, ContentDigest digest) => _substitutes.GetValueOrDefault((repository, digest));

    public long? CutAfter(ContentDigest digest) => _cuts.TryGetValue(digest, out var bytes) ? bytes : null;

    public async Task SubstituteAsync(
        string repository,
        ContentDigest digest,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Interlocked.Increment(ref _count)}-{digest.Hex}");
        await File.WriteAllBytesAsync(path, content, cancellationToken);
        _substitutes[(repository, digest)] = path;
    }

    /// <summary>Drops the connection after so many bytes of this content, each time it is asked for.</summary>
    public void Cut(ContentDigest digest, long afterBytes) => _cuts[digest] = afterBytes;

    public void Restore(ContentDigest digest) => _cuts.TryRemove(digest, out _);
}
