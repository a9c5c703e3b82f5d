namespace Lab.Model.Consoles;

/// <summary>What an expectation found.</summary>
/// <param name="Text">The matched text, escape sequences removed.</param>
/// <param name="Groups">The captured groups of a regular expression; the first is the whole match.</param>
/// <param name="Start">The position of its first byte.</param>
/// <param name="End">The position after its last byte: where the next expectation goes on.</param>
/// <param name="ReceivedAt">When its last byte was received.</param>
public sealed record ConsoleMatch(string Text, IReadOnlyList<string> Groups, long Start, long End, DateTimeOffset ReceivedAt);
