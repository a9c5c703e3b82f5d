namespace Lab.Model.Consoles;

/// <summary>
/// One pattern looked for in a console's raw bytes. The text is looked at twice: as it stands, and without the lines that the kernel printed
/// in between; the match that ends first counts. What comes out depends on the bytes alone, not on how they were split.
/// </summary>
internal sealed class Expectation
{
    private readonly EscapeStripper _stripper = new();
    private readonly ConsoleMatcher _asItStands;
    private readonly ConsoleMatcher _withoutKernelLines;
    private readonly KernelLineFilter _filter;

    public Expectation(ConsolePattern pattern, long from)
    {
        _asItStands = ConsoleMatcher.For(pattern, from);
        _withoutKernelLines = ConsoleMatcher.For(pattern, from);
        _filter = new KernelLineFilter(_withoutKernelLines.Accept);
    }

    /// <summary>Looks at more bytes. The first bytes ever given must begin a line, for escape sequences to be told from text.</summary>
    public ConsoleMatch? Accept(ReadOnlySpan<byte> bytes, long position, DateTimeOffset receivedAt)
    {
        foreach (var value in bytes)
        {
            if (_stripper.Accept(value))
            {
                _asItStands.Accept(value, position);
                _filter.Accept(value, position);
                if (Found(receivedAt) is { } match)
                    return match;
            }
            position++;
        }
        return null;
    }

    /// <summary>No more bytes will come.</summary>
    public ConsoleMatch? End(DateTimeOffset endedAt)
    {
        _filter.Release();
        _asItStands.End();
        _withoutKernelLines.End();
        return Found(endedAt);
    }

    private ConsoleMatch? Found(DateTimeOffset receivedAt)
    {
        var found = _asItStands.Found ?? _withoutKernelLines.Found;
        return found is null ? null : new ConsoleMatch(found.Text, found.Groups, found.Start, found.End, receivedAt);
    }
}
