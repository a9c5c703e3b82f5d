namespace Lab.Trust.Tpm;

/// <summary>What TPM2_Quote gave, as on the wire.</summary>
/// <param name="Attest">TPMS_ATTEST: the bytes that were signed.</param>
/// <param name="Signature">TPMT_SIGNATURE.</param>
public sealed record TpmQuote(byte[] Attest, byte[] Signature);
