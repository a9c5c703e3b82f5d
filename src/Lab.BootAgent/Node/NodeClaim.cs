namespace Lab.BootAgent.Node;

/// <summary>What a node's quote states besides what was measured.</summary>
/// <param name="KeySha256">SHA-256 of the public part of the node's key.</param>
/// <param name="Renew">True to show that the node is still what it was; false to ask for what it needs to join.</param>
internal sealed record NodeClaim(byte[] KeySha256, bool Renew);
