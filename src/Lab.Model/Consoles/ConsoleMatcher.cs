namespace Lab.Model.Consoles;

/// <summary>Looks for one pattern in a text that comes byte by byte. Work per byte is bounded: linear in the text.</summary>
/// <param name="from">Bytes before this position may be context, but never part of a match.</param>
internal abstract class ConsoleMatcher(long from)
{
    /// <summary>The first match, once there is one.</summary>
    public Span? Found { get; protected set; }

    protected long From { get; } = from;

    public static ConsoleMatcher For(ConsolePattern pattern, long from) =>
        pattern.IsRegex ? new LineMatcher(LineMatcher.Compile(pattern.Text), from) : new LiteralMatcher(pattern.Text, from);

    public abstract void Accept(byte value, long position);

    /// <summary>The text has ended: what there is of the last line is a line.</summary>
    public virtual void End() { }

    /// <summary>Where and what.</summary>
    internal sealed record Span(string Text, IReadOnlyList<string> Groups, long Start, long End);
}
