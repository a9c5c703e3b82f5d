namespace Lab.Services.Attestation;

internal sealed record EnrolAnswer(string Session, byte[] CredentialBlob, byte[] EncryptedSecret);
