namespace Lab.Trust.Tpm;

/// <summary>The way to one TPM: a command goes in, its response comes out. Not for use from two threads at once.</summary>
public interface ITpmTransport : IDisposable
{
    /// <summary>Sends one command and waits for its response.</summary>
    /// <param name="command">The whole command with its header; at most <see cref="Tpm2.MaxMessageSize"/> bytes.</param>
    /// <param name="cancellationToken">Ends the wait where the transport can; the transport is of no use afterwards.</param>
    /// <returns>The whole response with its header.</returns>
    /// <exception cref="TpmTransportException">The TPM cannot be reached or answers with a broken frame.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    byte[] Exchange(ReadOnlySpan<byte> command, CancellationToken cancellationToken);
}
