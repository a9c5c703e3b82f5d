using Lab.Model.Errors;

namespace Lab.Model.Consoles;

/// <summary>An awaited text did not come in time. Says what was awaited and shows the last lines.</summary>
public sealed class ConsoleTimeoutException(string what, string console, IReadOnlyList<string> lastLines)
    : HwLabException(what + ConsoleTail.Format(lastLines), console)
{
    /// <summary>The last lines received.</summary>
    public IReadOnlyList<string> LastLines { get; } = lastLines;
}
