namespace Lab.Services.Attestation;

internal sealed record EnrolRequest(string Board, byte[] EkCertificate, byte[] EkPublic, byte[] AkPublic);
