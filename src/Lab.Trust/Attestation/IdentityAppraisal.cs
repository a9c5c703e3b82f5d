namespace Lab.Trust.Attestation;

/// <summary>The result of judging an identity.</summary>
/// <param name="Appraisal">The claims.</param>
/// <param name="Identity">The identity, only when all claims hold.</param>
public sealed record IdentityAppraisal(Appraisal Appraisal, EndorsedIdentity? Identity);
