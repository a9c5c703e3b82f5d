namespace Lab.Trust.Tpm;

/// <summary>What TPM2_MakeCredential gives: a secret that only the TPM holding both keys can open.</summary>
/// <param name="CredentialBlob">TPM2B_ID_OBJECT.</param>
/// <param name="EncryptedSecret">TPM2B_ENCRYPTED_SECRET.</param>
public sealed record TpmCredential(byte[] CredentialBlob, byte[] EncryptedSecret);
