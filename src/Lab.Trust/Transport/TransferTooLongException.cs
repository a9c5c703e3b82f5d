namespace Lab.Trust.Transport;

/// <summary>A peer sent, or announced, more bytes than were allowed.</summary>
public sealed class TransferTooLongException(string message) : IOException(message);
