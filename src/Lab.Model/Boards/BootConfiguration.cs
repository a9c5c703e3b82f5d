namespace Lab.Model.Boards;

/// <summary>What the firmware starts.</summary>
/// <param name="BootFile">The file the firmware asks the boot server for.</param>
/// <param name="BootArguments">Load options that the firmware's environment hands to the boot file; none normally.</param>
public sealed record BootConfiguration(string BootFile, string? BootArguments = null);
