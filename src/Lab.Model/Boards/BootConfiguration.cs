namespace Lab.Model.Boards;

/// <summary>What a board starts from.</summary>
/// <param name="FirmwarePath">The firmware image that the on-chip ROM loads (and, on a measuring ROM, measures).</param>
/// <param name="BootFile">The file the firmware asks the boot server for.</param>
/// <param name="BootArguments">Load options that the firmware's environment hands to the boot file; none normally.</param>
public sealed record BootConfiguration(string FirmwarePath, string BootFile, string? BootArguments = null);
