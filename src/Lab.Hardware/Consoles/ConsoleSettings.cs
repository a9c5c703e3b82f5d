namespace Lab.Hardware.Consoles;

/// <summary>A <c>console:</c> section of a board, read and checked.</summary>
/// <param name="Line">The driver's own options.</param>
/// <param name="Options">What all drivers have in common.</param>
/// <param name="At">Where the section stands: <c>file:line:column</c>.</param>
public sealed record ConsoleSettings(LineOptions Line, ConsoleOptions Options, string At);
