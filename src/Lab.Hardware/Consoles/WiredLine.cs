using System.Net.Sockets;
using Lab.Hardware.Devices;
using Lab.Model.Errors;

namespace Lab.Hardware.Consoles;

/// <summary>
/// The wire between a console's reader and its line, which survives that the line is pulled and plugged in again. While there is none, reading
/// waits and writing fails.
/// </summary>
internal sealed class WiredLine : Stream
{
    private readonly ILineSource _source;
    private readonly DeviceRequest _request;
    private readonly CancellationTokenSource _stop = new();
    private ILineConnection? _connection;
    private volatile LabException? _fault;
    private int _losses;

    private WiredLine(ILineSource source, DeviceRequest request, ILineConnection connection)
    {
        _source = source;
        _request = request;
        _connection = connection;
    }

    /// <summary>Told when the line was lost. Set before the first read.</summary>
    public Action<LabException>? Lost { get; set; }

    /// <summary>Why the line is not connected; null while it is.</summary>
    public LabException? Fault => _fault;

    /// <summary>How often the line was lost so far.</summary>
    public int Losses => Volatile.Read(ref _losses);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects.</summary>
    /// <exception cref="LabException">It cannot be connected.</exception>
    public static async Task<WiredLine> OpenAsync(
        ILineSource source,
        string where,
        TimeSpan deadline,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var request = new DeviceRequest($"{where}, {source.Device}", deadline, time);
        return new WiredLine(source, request, await ConnectAsync(source, request, cancellationToken));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        while (true)
        {
            var connection = _connection ??= await ReconnectAsync(either.Token);
            var why = "it ended";
            try
            {
                var count = await connection.Stream.ReadAsync(buffer, either.Token);
                if (count > 0)
                {
                    return count;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return 0;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                why = exception.Message;
            }

            await LoseAsync(connection, why);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Connected().Stream.WriteAsync(buffer, cancellationToken);

    public override async Task FlushAsync(CancellationToken cancellationToken) =>
        await Connected().Stream.FlushAsync(cancellationToken);

    /// <summary>Does something with the connection that is there.</summary>
    public async Task ControlAsync(Func<ILineConnection, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var connection = _connection;
        if (connection is null || _fault is not null)
        {
            throw _fault ?? new LabException("the console's line is not connected", _request.Where, _source.Remedy);
        }

        try
        {
            await action(connection, cancellationToken);
        }
        catch (NotSupportedException exception)
        {
            throw new LabException(
                $"the console's line {exception.Message}",
                _request.Where,
                "use a line that has it",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw new LabException($"the console's line refused: {exception.Message}", _request.Where, _source.Remedy, exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_connection is { } connection)
        {
            await connection.DisposeAsync();
        }

        // Not the token source: a reader may be about to look at its token.
        await base.DisposeAsync();
    }

    private static Task<ILineConnection> ConnectAsync(
        ILineSource source,
        DeviceRequest request,
        CancellationToken cancellationToken
    ) => request.RunAsync(source.ConnectAsync, cancellationToken);

    private ILineConnection Connected() =>
        _fault is null && _connection is { } connection ? connection : throw new IOException("its line is not connected");

    private async Task<ILineConnection> ReconnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _source.WaitForReturnAsync(cancellationToken);
            try
            {
                var connection = await ConnectAsync(_source, _request, cancellationToken);
                _fault = null;
                return connection;
            }
            catch (LabException exception)
            {
                _fault = exception;
            }
        }
    }

    private async Task LoseAsync(ILineConnection connection, string why)
    {
        var fault = new LabException($"the console's line was lost: {why}", _request.Where, _source.Remedy);
        _fault = fault;
        Interlocked.Increment(ref _losses);
        _connection = null;
        await connection.DisposeAsync();
        Lost?.Invoke(fault);
    }
}
