using Lab.Model.Boards;

namespace Lab.Emulation.Qemu;

/// <summary>Makes the variables that a board's firmware finds in its flash at power-on.</summary>
public interface IFirmwareEnvironment
{
    /// <summary>Writes the whole second flash bank, an image of 64 MiB.</summary>
    /// <param name="path">Where.</param>
    /// <param name="configuration">What the board is to start from.</param>
    /// <param name="macAddress">The board's address.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task WriteAsync(string path, BootConfiguration configuration, string macAddress, CancellationToken cancellationToken);
}
