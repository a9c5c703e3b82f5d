namespace Lab.Trust.Attestation;

/// <summary>One thing that was checked.</summary>
/// <param name="Name">What is claimed, in a few words: "nonce", "ek-certificate", "pcr-8".</param>
/// <param name="Verdict">Whether it holds.</param>
/// <param name="Detail">What was found, for a person.</param>
/// <param name="Evidence">What it rests on: a digest, a fingerprint, a value.</param>
public sealed record Claim(string Name, ClaimVerdict Verdict, string Detail, string? Evidence = null);
