namespace Lab.Controller.Rigs;

/// <summary>One key that a mapping of a rig may have.</summary>
/// <param name="Name">The key.</param>
/// <param name="Expected">What its value is, in words: "a number from 1 to 8".</param>
/// <param name="Required">Whether the mapping must have it.</param>
/// <param name="Allowed">All its values, where they can be counted.</param>
/// <param name="Map">What its value (or each item of it) may have, where that is a mapping.</param>
internal sealed record KeySyntax(
    string Name,
    string Expected,
    bool Required = false,
    IReadOnlyList<string>? Allowed = null,
    MapSyntax? Map = null
);
