namespace Lab.Trust.Prediction;

/// <summary>One row of a PE file's section table (Microsoft "PE Format", Section Table).</summary>
/// <param name="Name">The name without its padding.</param>
/// <param name="VirtualSize">Bytes the section takes in memory.</param>
/// <param name="VirtualAddress">Address relative to the image's base.</param>
/// <param name="RawSize">Bytes of the section in the file.</param>
/// <param name="RawOffset">Where these bytes start in the file.</param>
public sealed record PeSection(string Name, uint VirtualSize, uint VirtualAddress, uint RawSize, uint RawOffset);
