namespace Lab.Trust.Tpm;

/// <summary>The TPM cannot be reached, or went away in the middle of a command.</summary>
/// <param name="message">What happened, to which device or socket.</param>
/// <param name="cause">The failure beneath, if there was one.</param>
public sealed class TpmTransportException(string message, Exception? cause = null) : Exception(message, cause);
