using System.IO.Ports;

namespace Lab.Hardware.Consoles.Serial;

internal sealed class SerialConnection : ILineConnection
{
    private readonly SerialPort _port;
    private readonly TimeProvider _time;
    private readonly NodeWatch _watch;
    private readonly Lock _closing = new();

    public SerialConnection(SerialPort port, SerialOptions options, TimeProvider time)
    {
        _port = port;
        _time = time;
        Stream = port.BaseStream;
        Set(options.DataTerminalReady, options.RequestToSend);
        _watch = new NodeWatch(options.Device);
        // Not every driver ends a pending read when its adapter is pulled; closing the port does.
        _ = _watch.Vanished.ContinueWith(_ => Close(), TaskScheduler.Default);
    }

    public Stream Stream { get; }

    public async Task SendBreakAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        _port.BreakState = true;
        try
        {
            await Task.Delay(duration, _time, cancellationToken);
        }
        finally
        {
            _port.BreakState = false;
        }
    }

    public Task SetModemLinesAsync(bool? dataTerminalReady, bool? requestToSend, CancellationToken cancellationToken)
    {
        Set(dataTerminalReady, requestToSend);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>The port flushes before it closes, fails at that when its adapter is gone, and then keeps its stream open.</summary>
    private void Close()
    {
        lock (_closing)
        {
            Quietly(_port.Dispose);
            Quietly(Stream.Dispose);
        }
    }

    private static void Quietly(Action close)
    {
        try
        {
            close();
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or InvalidOperationException or UnauthorizedAccessException)
        {
            // The adapter is gone.
        }
    }

    private void Set(bool? dataTerminalReady, bool? requestToSend)
    {
        if (dataTerminalReady is { } ready)
        {
            _port.DtrEnable = ready;
        }

        if (requestToSend is { } request)
        {
            _port.RtsEnable = request;
        }
    }
}
