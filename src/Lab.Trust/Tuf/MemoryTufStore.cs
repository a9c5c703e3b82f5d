using System.Collections.Concurrent;

namespace Lab.Trust.Tuf;

/// <summary>A store that lives as long as its process; the board's initramfs has no other place.</summary>
public sealed class MemoryTufStore : ITufStore
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public byte[]? Read(string role) => _files.TryGetValue(role, out var content) ? content : null;

    /// <inheritdoc/>
    public void Write(string role, ReadOnlySpan<byte> content) => _files[role] = content.ToArray();
}
