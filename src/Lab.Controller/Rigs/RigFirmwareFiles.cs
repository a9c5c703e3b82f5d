namespace Lab.Controller.Rigs;

/// <summary>What a board's boot loader fetches by TFTP to get its firmware, as a Raspberry Pi's does.</summary>
/// <param name="Prefix">The folder that it asks for: the board's serial number.</param>
/// <param name="Folder">The full path of the folder that is served there; looked for when the board is opened.</param>
/// <param name="At">Where the rig names it.</param>
public sealed record RigFirmwareFiles(string Prefix, string Folder, SourceMark At);
