namespace Lab.Controller.Reports;

/// <summary>A line of a console as a person reads it.</summary>
/// <param name="At">When its first byte was received, or null where that is not known.</param>
/// <param name="Text">The line without escape sequences and line end.</param>
internal readonly record struct TranscriptLine(DateTimeOffset? At, string Text);
