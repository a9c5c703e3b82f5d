namespace Lab.Emulation.Images;

/// <summary>A unified kernel image and where each appended section's bytes lie in it.</summary>
internal sealed record UkiImage(byte[] Content, IReadOnlyDictionary<string, ByteRange> Sections);
