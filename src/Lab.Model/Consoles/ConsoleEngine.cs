using System.Runtime.CompilerServices;
using System.Text;
using Lab.Model.Errors;

namespace Lab.Model.Consoles;

/// <summary>
/// The console of any byte stream. One task reads it for as long as it lives, hands every byte to the log before anybody may look at it, stamps
/// it and keeps it in memory.
/// </summary>
public sealed class ConsoleEngine : IConsole, IAsyncDisposable
{
    /// <summary>Bytes kept in memory unless said otherwise: 64 MiB. The log has them all.</summary>
    public const long DefaultCapacity = 64L << 20;

    private const int ReadSize = 64 * 1024;
    private const int LastLinesShown = 15;
    private const int LastLinesLookBack = 64 * 1024;

    private readonly Stream _line;
    private readonly ConsoleLog? _log;
    private readonly TimeProvider _time;
    private readonly ConsoleHistory _history;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = NewSignal();
    private string? _closed;

    /// <summary>Opens the console and starts to read.</summary>
    /// <param name="name">Its name on its board.</param>
    /// <param name="line">Both directions; disposed with the engine.</param>
    /// <param name="time">The clock of time stamps and deadlines.</param>
    /// <param name="log">Gets every chunk before it can be seen; none when the line's other end keeps the log.</param>
    /// <param name="capacity">Bytes to keep in memory, bookkeeping included; older ones are forgotten.</param>
    public ConsoleEngine(string name, Stream line, TimeProvider time, ConsoleLog? log = null, long capacity = DefaultCapacity)
    {
        Name = name;
        _line = line;
        _time = time;
        _log = log;
        _history = new ConsoleHistory(capacity);
        _reading = Task.Run(ReadLineAsync);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Position
    {
        get
        {
            lock (_gate)
                return _history.End;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LabException">The line does not take them.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _line.WriteAsync(bytes, cancellationToken);
            await _line.FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new LabException(
                $"the console takes no bytes: {exception.Message}",
                Name,
                "see that the board has power",
                exception
            );
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A regular expression is applied to complete lines; a prompt without line end is awaited as a literal.</remarks>
    /// <exception cref="RigException">The regular expression is none, or not of the linear-time kind.</exception>
    public async Task<ConsoleMatch> ExpectAsync(
        ConsolePattern pattern,
        long from,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var expectation = new Expectation(pattern, from);
        var (position, lossesBefore) = Begin(from);
        var last = _time.GetUtcNow() + deadline;
        using var timeout = new CancellationTokenSource(deadline > TimeSpan.Zero ? deadline : TimeSpan.Zero, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        while (true)
        {
            var (chunk, loss, closed, more) = Look(position, from, lossesBefore);
            if (chunk is not null && chunk.ReceivedAt <= last)
            {
                if (expectation.Accept(chunk.Bytes.Span, chunk.Position, chunk.ReceivedAt) is { } match)
                    return match;
                position = chunk.Position + chunk.Bytes.Length;
                cancellationToken.ThrowIfCancellationRequested();
            }
            else if (chunk is null && (loss is not null || closed is not null))
            {
                return expectation.End(_time.GetUtcNow()) ?? throw Ended(pattern, loss, closed);
            }
            else if (chunk is not null || !await WaitAsync(more, either.Token, cancellationToken))
            {
                throw new ConsoleTimeoutException(
                    $"{Describe(pattern)} did not come within {deadline.TotalSeconds:0.#} s",
                    Name,
                    LastLines(LastLinesShown)
                );
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Bytes that are no longer in memory are left out: the first chunk's position tells.</remarks>
    public async IAsyncEnumerable<ConsoleChunk> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = from;
        while (true)
        {
            var (chunk, _, closed, more) = Look(position, long.MaxValue, int.MaxValue);
            if (chunk is not null)
            {
                position = chunk.Position + chunk.Bytes.Length;
                yield return chunk;
            }
            else if (closed is not null)
            {
                yield break;
            }
            else
            {
                await more.WaitAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LastLines(int count)
    {
        var stripper = new EscapeStripper();
        var text = new List<byte>();
        lock (_gate)
        {
            var position = _history.LineStart(Math.Max(0, _history.End - LastLinesLookBack), LineMatcher.LongestLine);
            while (_history.At(position) is { } chunk)
            {
                foreach (var value in chunk.Bytes.Span)
                {
                    if (stripper.Accept(value))
                        text.Add(value);
                }
                position = chunk.Position + chunk.Bytes.Length;
            }
        }
        var lines = Encoding.UTF8.GetString([.. text]).Split('\n');
        return [.. lines.Select(line => line.TrimEnd()).Where(line => line.Length > 0).TakeLast(count)];
    }

    /// <summary>
    /// Says that the board at the other end is gone for now: power was cut, or it ended. Whoever still waits for something it was to say
    /// fails at once; what it says after its next start belongs to new expectations.
    /// </summary>
    /// <param name="reason">Why, for the error: <c>the board lost power</c>.</param>
    /// <param name="fault">The lab's own fault, where it was one: thrown to them instead of <see cref="ConsoleClosedException"/>.</param>
    /// <param name="byBoard">Whether the board did it by itself: then that is its own fault.</param>
    public void LoseLine(string reason, LabException? fault = null, bool byBoard = false)
    {
        lock (_gate)
            _history.LoseLine(reason, fault, byBoard);
        Signal();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _line.DisposeAsync();
        await _reading;
        _stop.Dispose();
        _writing.Dispose();
    }

    private HwLabException Ended(ConsolePattern pattern, ConsoleHistory.LineLoss? loss, string? closed)
    {
        var what = $"{Describe(pattern)} did not come: {loss?.Reason ?? closed}";
        return loss?.Fault is { } fault
            ? new LabException($"{what}: {fault.What}", fault.Where ?? Name, fault.Remedy, fault)
            : new ConsoleClosedException(what, Name, LastLines(LastLinesShown)) { IsByBoard = loss is { ByBoard: true } };
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Describe(ConsolePattern pattern) => (pattern.IsRegex ? "a line matching " : "") + $"'{pattern.Text}'";

    private static async Task<bool> WaitAsync(Task more, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            await more.WaitAsync(either);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private (long Position, int Losses) Begin(long from)
    {
        lock (_gate)
            return (_history.LineStart(from, LineMatcher.LongestLine), _history.Losses);
    }

    private (ConsoleChunk? Chunk, ConsoleHistory.LineLoss? Loss, string? Closed, Task More) Look(
        long position,
        long from,
        int lossesBefore
    )
    {
        lock (_gate)
        {
            var loss = _history.LossAfter(from, lossesBefore);
            var chunk = _history.At(position);
            if (loss is not null && chunk is not null)
                chunk = CutAt(chunk, loss.Position);
            return (chunk, loss, _closed, _more.Task);
        }
    }

    private static ConsoleChunk? CutAt(ConsoleChunk chunk, long end)
    {
        var length = (int)Math.Clamp(end - chunk.Position, 0, chunk.Bytes.Length);
        return length == 0 ? null : chunk with { Bytes = chunk.Bytes[..length] };
    }

    private async Task ReadLineAsync()
    {
        var buffer = new byte[ReadSize];
        var reason = "the console was closed";
        try
        {
            int count;
            while ((count = await _line.ReadAsync(buffer, _stop.Token)) > 0)
            {
                var now = _time.GetUtcNow();
                if (_log is not null)
                    await _log(buffer.AsMemory(0, count), now, _stop.Token);
                lock (_gate)
                    _history.Append(buffer.AsSpan(0, count), now);
                Signal();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
#pragma warning disable CA1031 // Whatever ended the reading is told to all who wait.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            reason = $"the console was lost: {exception.Message}";
        }
        lock (_gate)
            _closed = reason;
        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            signal = _more;
            _more = NewSignal();
        }
        signal.SetResult();
    }
}
