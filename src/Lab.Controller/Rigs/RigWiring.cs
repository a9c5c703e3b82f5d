using Lab.Hardware.Consoles;
using Lab.Hardware.Power;

namespace Lab.Controller.Rigs;

/// <summary>How a real board hangs on the lab.</summary>
public sealed record RigWiring
{
    /// <summary>What switches its power; null where nothing can.</summary>
    public PowerSettings? Power { get; init; }

    /// <summary>Its consoles, the main one first.</summary>
    public IReadOnlyList<ConsoleSettings> Consoles { get; init; } = [];

    /// <summary>Its TPM; null where it has none.</summary>
    public RigTpm? Tpm { get; init; }

    /// <summary>What its on-chip boot loader fetches before its firmware; null where the firmware lies in its flash.</summary>
    public RigFirmwareFiles? Files { get; init; }
}
