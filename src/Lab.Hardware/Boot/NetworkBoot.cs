using Lab.Model.Boards;
using Lab.Model.Errors;

namespace Lab.Hardware.Boot;

/// <summary>What a real board starts from: its own firmware, and the file that DHCP names. The lab cannot write its flash or its variables.</summary>
/// <param name="board">The board, for messages.</param>
/// <param name="configuration">What its firmware asks the boot server for.</param>
/// <param name="firmwarePath">A copy of the firmware in its flash; null where the lab has none.</param>
public sealed class NetworkBoot(string board, BootConfiguration configuration, string? firmwarePath) : IBootSource
{
    /// <inheritdoc/>
    public BootConfiguration Current => configuration;

    /// <inheritdoc/>
    /// <exception cref="RigException">It is not what the board starts anyway.</exception>
    public Task UseAsync(BootConfiguration configuration, CancellationToken cancellationToken) =>
        configuration == Current
            ? Task.CompletedTask
            : throw new RigException(
                $"the firmware variables of board '{board}' cannot be set from here",
                remedy: "take a virtual board for this"
            );

    /// <inheritdoc/>
    /// <exception cref="RigException">The rig has no copy of it.</exception>
    public Task<byte[]> ReadFirmwareAsync(CancellationToken cancellationToken) =>
        firmwarePath is not null
            ? File.ReadAllBytesAsync(firmwarePath, cancellationToken)
            : throw new RigException(
                $"the rig has no copy of the firmware of board '{board}'",
                remedy: "firmware: the image that was written to it"
            );

    /// <inheritdoc/>
    /// <exception cref="RigException">Always.</exception>
    public Task FlashFirmwareAsync(ReadOnlyMemory<byte> firmware, CancellationToken cancellationToken) =>
        throw new RigException(
            $"the flash of board '{board}' cannot be written from here",
            remedy: "take a virtual board for this"
        );
}
