namespace Lab.BootAgent.Cluster;

/// <summary>The cluster does not sign the node's certificate.</summary>
/// <param name="message">Its reason.</param>
internal sealed class SigningDeniedException(string message) : Exception(message);
