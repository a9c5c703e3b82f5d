using System.Threading.Channels;

namespace Lab.Model.Tests.Consoles;

/// <summary>A byte stream whose other end is the test: bytes arrive in exactly the pieces it sends.</summary>
internal sealed class Wire : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> _rest;

    public MemoryStream Sent { get; } = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get; set; }

    public void Arrive(ReadOnlySpan<byte> piece) => _pieces.Writer.TryWrite(piece.ToArray());

    public void Arrive(string piece) => Arrive(System.Text.Encoding.UTF8.GetBytes(piece));

    public void Hang() => _pieces.Writer.TryComplete();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            if (!await _pieces.Reader.WaitToReadAsync(cancellationToken) || !_pieces.Reader.TryRead(out var piece))
                return 0;
            _rest = piece;
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count) => Sent.Write(buffer, offset, count);

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
