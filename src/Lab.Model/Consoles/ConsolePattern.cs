namespace Lab.Model.Consoles;

/// <summary>What is awaited on a console: a literal text or a regular expression.</summary>
/// <param name="Text">The literal, or the expression.</param>
/// <param name="IsRegex">Whether <paramref name="Text"/> is a regular expression (linear-time subset, matched line by line).</param>
public sealed record ConsolePattern(string Text, bool IsRegex)
{
    /// <summary>Awaits this text.</summary>
    public static ConsolePattern Literal(string text) => new(text, IsRegex: false);

    /// <summary>Awaits a match of this expression. Back-references and look-around are refused: matching is linear in the bytes.</summary>
    public static ConsolePattern Regex(string expression) => new(expression, IsRegex: true);
}
