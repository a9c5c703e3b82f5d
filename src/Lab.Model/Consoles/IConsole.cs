using Lab.Model.Boards;

namespace Lab.Model.Consoles;

/// <summary>
/// A board's console. One reader takes every byte off the line, stamps it and keeps it before anybody interprets it; any number of
/// subscribers read from any position. Positions count bytes since the console was opened.
/// </summary>
public interface IConsole : IFacet
{
    /// <summary>The console's name on its board, e.g. <c>console</c>.</summary>
    string Name { get; }

    /// <summary>The position after the last byte received so far.</summary>
    long Position { get; }

    /// <summary>Sends bytes to the board.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the pattern matches at or after <paramref name="from"/>. Escape sequences are not part of the matched text.
    /// </summary>
    /// <exception cref="ConsoleTimeoutException">The deadline passed; says what was awaited and shows the last lines.</exception>
    /// <exception cref="ConsoleClosedException">The console ended before the pattern came.</exception>
    Task<ConsoleMatch> ExpectAsync(ConsolePattern pattern, long from, TimeSpan deadline, CancellationToken cancellationToken);

    /// <summary>Every chunk from a position on, as it was received, until the console closes.</summary>
    IAsyncEnumerable<ConsoleChunk> ReadAsync(long from, CancellationToken cancellationToken);

    /// <summary>The last lines received, escape sequences removed.</summary>
    IReadOnlyList<string> LastLines(int count);
}
