namespace Lab.Emulation.Images;

/// <summary>Where a part lies in a file.</summary>
/// <param name="Offset">First byte, counted from the file's start.</param>
/// <param name="Length">Number of bytes, without padding.</param>
public sealed record ByteRange(long Offset, long Length);
