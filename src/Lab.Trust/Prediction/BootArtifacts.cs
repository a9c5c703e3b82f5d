namespace Lab.Trust.Prediction;

/// <summary>All that decides the PCRs of the chain ROM → U-Boot → UKI → BootAgent → target.</summary>
/// <param name="Firmware">The U-Boot binary as the board's flash holds it.</param>
/// <param name="Uki">The unified kernel image that U-Boot starts.</param>
/// <param name="Target">The system that the BootAgent starts; null predicts up to the BootAgent's first measurement.</param>
/// <param name="FirmwareMeasuredByRom">True if the ROM measures the firmware as an H-CRTM event before the first instruction.</param>
public sealed record BootArtifacts(
    ReadOnlyMemory<byte> Firmware,
    ReadOnlyMemory<byte> Uki,
    TargetDigests? Target,
    bool FirmwareMeasuredByRom = true
);
