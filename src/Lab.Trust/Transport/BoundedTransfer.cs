using System.Buffers;

namespace Lab.Trust.Transport;

/// <summary>One transfer under <see cref="TransferLimits"/>: its token ends waits, its copy checks length and rate.</summary>
internal sealed class BoundedTransfer : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly TransferLimits _limits;
    private readonly TimeProvider _time;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _linked;
    private readonly long _start;

    public BoundedTransfer(TransferLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        _limits = limits;
        _time = time;
        _outer = cancellationToken;
        _start = time.GetTimestamp();
        _deadline = new CancellationTokenSource(limits.Grace < limits.TotalTime ? limits.Grace : limits.TotalTime, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellationToken);
    }

    /// <summary>Cancelled by the caller's token or when the peer is too slow.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Bytes received so far.</summary>
    public long Received { get; private set; }

    /// <summary>Runs <paramref name="action"/>, telling slowness apart from the caller's cancellation.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action)
    {
        try
        {
            return await action(Token);
        }
        catch (OperationCanceledException) when (!_outer.IsCancellationRequested)
        {
            throw new TransferTooSlowException(
                $"Transfer given up after {_time.GetElapsedTime(_start).TotalSeconds:F1} s and {Received} bytes: "
                    + $"slower than {_limits.MinimumBytesPerSecond} bytes/s or over {_limits.TotalTime.TotalSeconds:F0} s."
            );
        }
    }

    /// <summary>Copies until the end of <paramref name="source"/>.</summary>
    /// <exception cref="TransferTooLongException">More than <paramref name="maximumLength"/> bytes came.</exception>
    public async Task<long> CopyAsync(Stream source, Stream destination, long maximumLength)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                var count = await source.ReadAsync(buffer.AsMemory(0, BufferSize), Token);
                if (count == 0)
                {
                    return Received;
                }
                Received += count;
                if (Received > maximumLength)
                {
                    throw new TransferTooLongException($"More than {maximumLength} bytes were sent.");
                }
                await destination.WriteAsync(buffer.AsMemory(0, count), Token);
                ExtendDeadline();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        _linked.Dispose();
        _deadline.Dispose();
    }

    private void ExtendDeadline()
    {
        var allowed = _limits.Grace + TimeSpan.FromSeconds((double)Received / _limits.MinimumBytesPerSecond);
        if (allowed > _limits.TotalTime)
        {
            allowed = _limits.TotalTime;
        }
        var remaining = allowed - _time.GetElapsedTime(_start);
        _deadline.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
    }
}
