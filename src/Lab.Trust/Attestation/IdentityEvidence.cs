namespace Lab.Trust.Attestation;

/// <summary>What a board shows to enrol.</summary>
/// <param name="EkCertificate">DER.</param>
/// <param name="EkPublic">TPM2B_PUBLIC.</param>
/// <param name="AkPublic">TPM2B_PUBLIC.</param>
public sealed record IdentityEvidence(byte[] EkCertificate, byte[] EkPublic, byte[] AkPublic);
