using System.Security.Cryptography;

namespace Lab.Trust.Oci;

/// <summary>Passes writes on and hashes them, so that content is verified without being read again.</summary>
internal sealed class HashingStream(Stream destination, OciDigest expected) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(expected.HashName);
    private long _skip;

    public long Written { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Drops the next bytes: a server that ignored the range sends them again.</summary>
    public void Skip(long count) => _skip = count;

    public bool Matches() => Convert.ToHexStringLower(_hash.GetCurrentHash()) == expected.Hex;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var dropped = (int)Math.Min(_skip, buffer.Length);
        _skip -= dropped;
        buffer = buffer[dropped..];
        await destination.WriteAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span);
        Written += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
