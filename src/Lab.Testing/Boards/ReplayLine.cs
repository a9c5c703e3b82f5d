using System.IO.Pipelines;

namespace Lab.Testing.Boards;

/// <summary>The serial line of a replay board: it stays when the board at its end is switched off, as a cable does.</summary>
internal sealed class ReplayLine : Stream
{
    private readonly Pipe _fromBoard = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Stream _reader;
    private volatile Stream? _toBoard;

    public ReplayLine() => _reader = _fromBoard.Reader.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts another board's input at the line's end, or nothing.</summary>
    public void Connect(Stream? toBoard) => _toBoard = toBoard;

    /// <summary>Carries what a board says until it says no more.</summary>
    public async Task CarryAsync(Stream fromBoard)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await fromBoard.ReadAsync(buffer)) > 0)
        {
            await _fromBoard.Writer.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _reader.ReadAsync(buffer, offset, count, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // What is typed at a board without power is lost, as it is on a wire.
        if (_toBoard is { } board)
        {
            await board.WriteAsync(buffer, cancellationToken);
            await board.FlushAsync(cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => _reader.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => _toBoard?.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _fromBoard.Writer.Complete();
            _reader.Dispose();
        }

        base.Dispose(disposing);
    }
}
