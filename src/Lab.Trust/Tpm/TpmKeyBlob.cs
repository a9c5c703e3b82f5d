namespace Lab.Trust.Tpm;

/// <summary>What TPM2_Create gives: a key or sealed data that only its parent, in its TPM, can load again.</summary>
/// <param name="Public">The public area.</param>
/// <param name="PrivateArea">The contents of TPM2B_PRIVATE, encrypted by the parent.</param>
public sealed record TpmKeyBlob(TpmPublic Public, byte[] PrivateArea);
