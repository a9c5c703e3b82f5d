using Lab.Hardware.Consoles;
using Lab.Hardware.Power;
using Lab.Model.Boards;
using Lab.Model.Consoles;

namespace Lab.Hardware.Boards;

/// <summary>A real board: how its power and its consoles are wired.</summary>
public sealed record WiredBoardSettings
{
    /// <summary>The board's name in its rig.</summary>
    public required string Board { get; init; }

    /// <summary>How its power is switched; null where nothing can.</summary>
    public PowerSettings? Power { get; init; }

    /// <summary>Its consoles, the main one first; names are unique.</summary>
    public IReadOnlyList<ConsoleSettings> Consoles { get; init; } = [];

    /// <summary>What it has beside power and consoles.</summary>
    public IReadOnlyList<IFacet> Facets { get; init; } = [];

    /// <summary>Keeps a console's bytes, by the console's name; null where nobody does.</summary>
    public Func<string, ConsoleLog?>? Log { get; init; }

    /// <summary>Whether the board is opened powered off and left so, as a run wants it. Otherwise its power stays as it is.</summary>
    public bool TakesOver { get; init; }
}
