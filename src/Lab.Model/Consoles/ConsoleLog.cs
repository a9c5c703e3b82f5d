namespace Lab.Model.Consoles;

/// <summary>Keeps bytes off the line. They are seen by nobody before it returns.</summary>
/// <param name="bytes">The bytes; theirs is the memory only until it returns.</param>
/// <param name="receivedAt">When they were received.</param>
/// <param name="cancellationToken">Cancelled when the console is closed.</param>
public delegate ValueTask ConsoleLog(ReadOnlyMemory<byte> bytes, DateTimeOffset receivedAt, CancellationToken cancellationToken);
