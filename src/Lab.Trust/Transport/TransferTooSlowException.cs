namespace Lab.Trust.Transport;

/// <summary>A peer stayed under the minimum rate or over the total time of <see cref="TransferLimits"/>.</summary>
public sealed class TransferTooSlowException(string message) : IOException(message);
