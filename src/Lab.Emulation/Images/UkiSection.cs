namespace Lab.Emulation.Images;

/// <summary>One section to be appended to the stub of a unified kernel image.</summary>
/// <param name="Name">The section's name with its dot, at most eight ASCII characters.</param>
/// <param name="Content">The section's bytes.</param>
/// <param name="MemorySize">Bytes the section takes when loaded, at least the content's length; the rest is zero.</param>
internal sealed record UkiSection(string Name, ReadOnlyMemory<byte> Content, int MemorySize);
