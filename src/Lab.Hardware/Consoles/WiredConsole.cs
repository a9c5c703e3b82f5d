using Lab.Model.Consoles;
using Lab.Model.Errors;

namespace Lab.Hardware.Consoles;

/// <summary>
/// A board's console over a line of the lab's. What does not come while the line is not connected is the lab's fault, not the board's.
/// </summary>
public sealed class WiredConsole : IConsole, ILineControl, IAsyncDisposable
{
    private readonly WiredLine _line;
    private readonly ConsoleEngine _engine;
    private readonly ConsoleOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private WiredConsole(WiredLine line, ConsoleOptions options, TimeProvider time, ConsoleLog? log)
    {
        _line = line;
        _options = options;
        _time = time;
        // Nobody can wait for anything before there is an engine, so a loss until then needs not be told.
        ConsoleEngine? engine = null;
        line.Lost = fault => Volatile.Read(ref engine)?.LoseLine("its line was lost", fault);
        _engine = engine = new ConsoleEngine(options.Name, line, time, log);
    }

    /// <inheritdoc/>
    public string Name => _engine.Name;

    /// <inheritdoc/>
    public long Position => _engine.Position;

    /// <summary>Why the line is not connected; null while it is.</summary>
    public LabException? Fault => _line.Fault;

    /// <summary>Finds out whether a board that does not say what is awaited has lost its power; null where nobody can.</summary>
    internal Func<CancellationToken, Task<LabException?>>? FindPowerLoss { get; set; }

    /// <summary>Connects the console and starts to read.</summary>
    /// <param name="settings">Its section of the rig.</param>
    /// <param name="where">Board and place in the rig, for messages.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets every chunk before it can be seen.</param>
    /// <exception cref="LabException">It cannot be connected within the deadline.</exception>
    internal static async Task<WiredConsole> OpenAsync(
        ConsoleSettings settings,
        string where,
        TimeProvider time,
        ConsoleLog? log,
        CancellationToken cancellationToken
    )
    {
        var line = await WiredLine.OpenAsync(settings.Line.Open(time), where, settings.Options.Deadline, time, cancellationToken);
        return new WiredConsole(line, settings.Options, time, log);
    }

    /// <inheritdoc/>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_options.CharacterDelay == TimeSpan.Zero)
            {
                await WriteNowAsync(bytes, cancellationToken);
                return;
            }

            for (var index = 0; index < bytes.Length; index++)
            {
                await WriteNowAsync(bytes.Slice(index, 1), cancellationToken);
                await Task.Delay(_options.CharacterDelay, _time, cancellationToken);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LabException">The line was not connected for some of the time, or the board has lost its power.</exception>
    public async Task<ConsoleMatch> ExpectAsync(
        ConsolePattern pattern,
        long from,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var (fault, losses) = (_line.Fault, _line.Losses);
        try
        {
            return await _engine.ExpectAsync(pattern, from, deadline, cancellationToken);
        }
        catch (ConsoleTimeoutException exception) when (fault is not null || _line.Fault is not null || _line.Losses != losses)
        {
            var why = _line.Fault ?? fault;
            throw new LabException(
                $"'{pattern.Text}' did not come, and the console's line was not connected all the time"
                    + (why is null ? "" : $": {why.What}"),
                why?.Where ?? Name,
                why?.Remedy ?? "see its cable and its adapter",
                exception
            );
        }
        catch (ConsoleTimeoutException exception) when (FindPowerLoss is not null)
        {
            if (await FindPowerLoss(cancellationToken) is not { } loss)
            {
                throw;
            }

            throw new LabException($"'{pattern.Text}' did not come: {loss.What}", loss.Where, loss.Remedy, exception);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ConsoleChunk> ReadAsync(long from, CancellationToken cancellationToken) =>
        _engine.ReadAsync(from, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<string> LastLines(int count) => _engine.LastLines(count);

    /// <inheritdoc/>
    public Task SendBreakAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        _line.ControlAsync((connection, token) => connection.SendBreakAsync(duration, token), cancellationToken);

    /// <inheritdoc/>
    public Task SetModemLinesAsync(bool? dataTerminalReady, bool? requestToSend, CancellationToken cancellationToken) =>
        _line.ControlAsync(
            (connection, token) => connection.SetModemLinesAsync(dataTerminalReady, requestToSend, token),
            cancellationToken
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _writing.Dispose();
    }

    /// <summary>Says to all who wait for the board that it has lost its power.</summary>
    internal void LosePower(string reason) => _engine.LoseLine(reason);

    private async Task WriteNowAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _engine.WriteAsync(bytes, cancellationToken);
        }
        catch (LabException exception) when (_line.Fault is { } fault)
        {
            throw new LabException(fault.What, fault.Where, fault.Remedy, exception);
        }
    }
}
