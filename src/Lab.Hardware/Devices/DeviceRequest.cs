using System.Formats.Asn1;
using System.Net.Sockets;
using System.Text.Json;
using Lab.Model.Errors;

namespace Lab.Hardware.Devices;

/// <summary>What every exchange with a device has in common: a deadline, and errors that name the device, its place in the rig and a remedy.</summary>
/// <param name="where">The place in the rig, the board and the device.</param>
/// <param name="deadline">How long one exchange may take.</param>
/// <param name="time">The clock.</param>
internal sealed class DeviceRequest(string where, TimeSpan deadline, TimeProvider time)
{
    /// <summary>EBUSY of Linux: another program holds the port for itself (TIOCEXCL).</summary>
    private const int Busy = 16;

    // Who heeds the token ends within milliseconds and closes its port, which the next one must find closed.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public string Where { get; } = where;

    public async Task<TResult> RunAsync<TResult>(
        Func<CancellationToken, Task<TResult>> exchange,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await EndAsync(exchange(either.Token), either.Token);
        }
        catch (LabException exception)
        {
            throw exception.Where is null || exception.Where == Where
                ? new LabException(exception.What, Where, exception.Remedy, exception.InnerException ?? exception)
                : exception;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException exception)
        {
            throw new LabException(
                $"the device did not answer within {deadline.TotalSeconds:0.###} s",
                Where,
                "see that it has power and can be reached from here; 'deadline' allows more time",
                exception
            );
        }
        catch (HttpRequestException exception)
        {
            throw Failed(
                exception.InnerException is { } inner ? $"{exception.Message} ({inner.Message})" : exception.Message,
                exception
            );
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or ObjectDisposedException or InvalidDataException)
        {
            throw Failed(exception.Message, exception);
        }
        catch (Exception exception)
            when (exception is JsonException or AsnContentException or FormatException or KeyNotFoundException)
        {
            throw new LabException(
                $"the device's answer makes no sense: {exception.Message}",
                Where,
                "see that this driver fits the device and its firmware",
                exception
            );
        }
        catch (UnauthorizedAccessException exception) when (exception.InnerException is IOException { HResult: Busy })
        {
            throw new LabException("another program uses the device", Where, "end that program; 'fuser' finds it", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LabException(
                $"the device may not be used: {exception.Message}",
                Where,
                "add this user to the group that owns it (dialout, gpio, i2c), and log in again",
                exception
            );
        }
    }

    public Task RunAsync(Func<CancellationToken, Task> exchange, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                await exchange(token);
                return true;
            },
            cancellationToken
        );

    /// <summary>A library call that does not heed its token must not hang its caller either.</summary>
    private async Task<TResult> EndAsync<TResult>(Task<TResult> running, CancellationToken cancellationToken)
    {
        try
        {
            return await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Grace, time, CancellationToken.None));
            throw;
        }
    }

    private LabException Failed(string what, Exception exception) =>
        new(
            $"the device cannot be talked to: {what}",
            Where,
            "see that it has power, is connected, and that its address is right",
            exception
        );
}
