namespace Lab.Services.Attestation;

internal sealed record ActivateRequest(string Session, byte[] Credential);
