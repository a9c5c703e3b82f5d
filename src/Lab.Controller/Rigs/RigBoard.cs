namespace Lab.Controller.Rigs;

/// <summary>One board of a rig, as its file describes it.</summary>
public sealed record RigBoard
{
    /// <summary>The driver of virtual boards.</summary>
    public const string VirtualDriver = "qemu-virt";

    /// <summary>The driver of real boards.</summary>
    public const string WiredDriver = "wired";

    /// <summary>The memory, in bytes, that a board is given where the rig does not say: a node holds its root file system in it.</summary>
    public const long DefaultMemory = 1L << 30;

    /// <summary>The board's name, unique in its rig.</summary>
    public required string Name { get; init; }

    /// <summary>The driver: <see cref="VirtualDriver"/> or <see cref="WiredDriver"/>.</summary>
    public required string Driver { get; init; }

    /// <summary>Where the rig file describes it.</summary>
    public required SourceMark At { get; init; }

    /// <summary>Memory in bytes, a whole number of MiB.</summary>
    public long Memory { get; init; } = DefaultMemory;

    /// <summary>Processors, 1 to 8.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Whether the board has a TPM.</summary>
    public bool HasTpm { get; init; } = true;

    /// <summary>The MAC address, lower case with colons; null where the driver picks one from the rig's and the board's names.</summary>
    public string? MacAddress { get; init; }

    /// <summary>What the board's hardware clock says when it gets power; null for the right time.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>
    /// The full path of the firmware image; null for the one that the lab prepares, or, of a real board, where the lab has no copy of it.
    /// </summary>
    public string? FirmwarePath { get; init; }

    /// <summary>How a real board hangs on the lab; null for a virtual one.</summary>
    public RigWiring? Wiring { get; init; }
}
