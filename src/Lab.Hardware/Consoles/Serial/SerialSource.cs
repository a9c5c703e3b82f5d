using System.IO.Ports;
using Lab.Model.Errors;

namespace Lab.Hardware.Consoles.Serial;

internal sealed class SerialSource(SerialOptions options, TimeProvider time) : ILineSource
{
    public string Device => $"serial port {options.Device}";

    public string Remedy => "see that the adapter is plugged in; 'ls -l /dev/serial/by-id' shows those there are";

    public Task<ILineConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Device))
        {
            throw new LabException("there is no such device", remedy: Remedy);
        }

        // Opening can wait in the driver, so it has a thread of its own.
        return Task.Run(Open, cancellationToken);
    }

    public async Task WaitForReturnAsync(CancellationToken cancellationToken)
    {
        using var arrival = new NodeWatch(options.Device);
        if (!File.Exists(options.Device))
        {
            await arrival.Appeared.WaitAsync(cancellationToken);
        }

        // udev gives the node its group some time after it has made it, and says nothing then.
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
    }

    private ILineConnection Open()
    {
        var port = new SerialPort(options.Device, options.Speed, options.Parity, options.DataBits, options.StopBits)
        {
            Handshake = options.FlowControl,
        };
        try
        {
            port.Open();
            return new SerialConnection(port, options, time);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            port.Dispose();
            throw new LabException(
                $"the port cannot be set up: {exception.Message}",
                remedy: "see that its adapter can do this speed and format",
                inner: exception
            );
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }
}
