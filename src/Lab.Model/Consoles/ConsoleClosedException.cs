using Lab.Model.Errors;

namespace Lab.Model.Consoles;

/// <summary>The console ended before an awaited text came. Says what was awaited and shows the last lines.</summary>
public sealed class ConsoleClosedException(string what, string console, IReadOnlyList<string> lastLines)
    : HwLabException(what + ConsoleTail.Format(lastLines), console)
{
    /// <summary>The last lines received.</summary>
    public IReadOnlyList<string> LastLines { get; } = lastLines;

    /// <summary>Whether the board ended it by itself: it switched itself off, and nobody else did.</summary>
    public bool IsByBoard { get; init; }
}
