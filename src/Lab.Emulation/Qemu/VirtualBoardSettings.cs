using Lab.Model.Boards;

namespace Lab.Emulation.Qemu;

/// <summary>A virtual board as its rig wires it.</summary>
public sealed record VirtualBoardSettings
{
    /// <summary>The rig's name.</summary>
    public required string Rig { get; init; }

    /// <summary>The board's name in the rig.</summary>
    public required string Board { get; init; }

    /// <summary>Its MAC address; null for one that follows from the names of rig and board.</summary>
    public string? MacAddress { get; init; }

    /// <summary>The firmware image in its flash, until another is written there.</summary>
    public required string FirmwarePath { get; init; }

    /// <summary>What its firmware starts until told otherwise.</summary>
    public required BootConfiguration Boot { get; init; }

    /// <summary>What its cable is plugged into.</summary>
    public required VirtualNetwork Network { get; init; }

    /// <summary>What makes its firmware's variables; without one the flash bank is left out.</summary>
    public IFirmwareEnvironment? FirmwareEnvironment { get; init; }

    /// <summary>What runs its processor.</summary>
    public required Accelerator Accelerator { get; init; }

    /// <summary>Whether it is wired a TPM.</summary>
    public bool HasTpm { get; init; } = true;

    /// <summary>Memory in MiB.</summary>
    public int MemoryMebibytes { get; init; } = 1024;

    /// <summary>How many processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>What its hardware clock says when it gets power; null for the right time.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>More arguments for QEMU, as they are.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>How long a running system gets to shut down before the power is cut.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);
}
