namespace Lab.Model.Consoles;

/// <summary>Bytes as they came off the line, in one piece.</summary>
/// <param name="Position">The position of the first byte.</param>
/// <param name="Bytes">The bytes, unchanged.</param>
/// <param name="ReceivedAt">When the reader took them off the line.</param>
public sealed record ConsoleChunk(long Position, ReadOnlyMemory<byte> Bytes, DateTimeOffset ReceivedAt);
