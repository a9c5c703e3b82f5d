namespace Lab.Trust.Attestation;

/// <summary>A secret that only one TPM can open, and only with the attestation key it was released to.</summary>
/// <param name="CredentialBlob">TPM2B_ID_OBJECT: holds the key of the ciphertext.</param>
/// <param name="EncryptedSecret">TPM2B_ENCRYPTED_SECRET.</param>
/// <param name="Ciphertext">12-byte nonce ‖ AES-256-GCM ‖ 16-byte tag.</param>
public sealed record ReleasedSecret(byte[] CredentialBlob, byte[] EncryptedSecret, byte[] Ciphertext);
