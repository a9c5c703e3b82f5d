namespace Lab.Model.Boards;

/// <summary>What the board starts from at its next power-on or reset.</summary>
public interface IBootSource : IFacet
{
    /// <summary>What is set now.</summary>
    BootConfiguration Current { get; }

    /// <summary>Sets what the firmware starts next time.</summary>
    Task UseAsync(BootConfiguration configuration, CancellationToken cancellationToken);

    /// <summary>The firmware image in the board's flash: what its on-chip ROM loads and, where it can, measures.</summary>
    Task<byte[]> ReadFirmwareAsync(CancellationToken cancellationToken);

    /// <summary>Writes another firmware image; for this opening of the board only.</summary>
    Task FlashFirmwareAsync(ReadOnlyMemory<byte> firmware, CancellationToken cancellationToken);
}
