namespace Lab.Trust.Tuf;

/// <summary>A public key as metadata gives it (spec 4.2): three strings, not yet understood.</summary>
/// <param name="KeyType">For example <c>ecdsa</c>, <c>rsa</c>, <c>ed25519</c>.</param>
/// <param name="Scheme">For example <c>ecdsa-sha2-nistp256</c>.</param>
/// <param name="PublicKey">PEM (SubjectPublicKeyInfo), or hex digits for Ed25519 and old ECDSA keys.</param>
public sealed record TufKey(string KeyType, string Scheme, string PublicKey);
