namespace Lab.Hardware.Settings;

/// <summary>One key of a driver's section in a rig.</summary>
/// <param name="Name">The key.</param>
/// <param name="Expected">What its value is, in words, with its unit and limits.</param>
/// <param name="Required">Whether the section must have it.</param>
/// <param name="IsList">Whether its value is a list of words rather than one.</param>
/// <param name="Allowed">All its values, where they can be counted.</param>
public sealed record DriverKey(
    string Name,
    string Expected,
    bool Required = false,
    bool IsList = false,
    IReadOnlyList<string>? Allowed = null
);
