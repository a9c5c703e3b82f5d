namespace Lab.Services.Attestation;

/// <summary>A board whose evidence was found good.</summary>
/// <param name="Name">The board's name in the rig.</param>
/// <param name="EkFingerprint">SHA-256 of its EK certificate, lower-case hexadecimal: which TPM it is.</param>
/// <param name="ResetCount">The TPM's reset count: which boot it is. Comparable between quotes of the same attestation key only.</param>
/// <param name="NodeKeySha256">SHA-256 (lower-case hexadecimal) of the node's key that the quote binds; null when it binds none.</param>
/// <param name="IsRenewal">The board says that it has what it needs and only shows that it is still what it was.</param>
public sealed record AttestedBoard(string Name, string EkFingerprint, uint ResetCount, string? NodeKeySha256, bool IsRenewal);
