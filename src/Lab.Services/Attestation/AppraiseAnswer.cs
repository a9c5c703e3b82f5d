namespace Lab.Services.Attestation;

internal sealed record AppraiseAnswer(byte[] CredentialBlob, byte[] EncryptedSecret, byte[] Ciphertext);
