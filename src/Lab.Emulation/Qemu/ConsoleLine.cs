using System.Threading.Channels;

namespace Lab.Emulation.Qemu;

/// <summary>
/// The wire between a board's console and its reader. It stays when the board is switched off and on; what is at its other end changes with
/// every QEMU process.
/// </summary>
internal sealed class ConsoleLine : Stream
{
    private readonly Channel<Connection> _next = Channel.CreateUnbounded<Connection>();
    private Connection? _current;
    private volatile Stream? _plugged;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Plugs a board's end in. The connection before it must have ended.</summary>
    /// <param name="stream">The board's end.</param>
    /// <param name="onEnd">Called by the reader when every byte of it was read and it has ended; no other byte is read before it is done.</param>
    /// <returns>Completes after <paramref name="onEnd"/>, or when the line is taken down.</returns>
    public Task Attach(Stream stream, Func<Task> onEnd)
    {
        var connection = new Connection(
            stream,
            onEnd,
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        _plugged = stream;
        ObjectDisposedException.ThrowIf(!_next.Writer.TryWrite(connection), this);
        return connection.Ended.Task;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var connection = _current ??= await TakeNextAsync(cancellationToken);
            if (connection is null)
                return 0;
            var count = await ReadAsync(connection, buffer, cancellationToken);
            if (count > 0)
                return count;
            _current = null;
            _plugged = null;
            await connection.Stream.DisposeAsync();
            await connection.OnEnd();
            connection.Ended.TrySetResult();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var stream = _plugged ?? throw new IOException("nothing is connected: the board is off");
        await stream.WriteAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _next.Writer.TryComplete();
            _current?.Stream.Dispose();
            _current?.Ended.TrySetResult();
            while (_next.Reader.TryRead(out var waiting))
            {
                waiting.Stream.Dispose();
                waiting.Ended.TrySetResult();
            }
        }
        base.Dispose(disposing);
    }

    private static async Task<int> ReadAsync(Connection connection, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException)
        {
            return 0; // reset by a QEMU that was killed
        }
    }

    private async Task<Connection?> TakeNextAsync(CancellationToken cancellationToken) =>
        await _next.Reader.WaitToReadAsync(cancellationToken) && _next.Reader.TryRead(out var connection) ? connection : null;

    private sealed record Connection(Stream Stream, Func<Task> OnEnd, TaskCompletionSource Ended);
}
