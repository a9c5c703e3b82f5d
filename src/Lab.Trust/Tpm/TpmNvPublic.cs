namespace Lab.Trust.Tpm;

/// <summary>TPMS_NV_PUBLIC: what an NV index is.</summary>
/// <param name="Index">Its handle.</param>
/// <param name="NameAlgorithm">The hash of its name.</param>
/// <param name="Attributes">TPMA_NV.</param>
/// <param name="AuthPolicy">Its policy digest, or empty.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record TpmNvPublic(uint Index, TpmAlgorithm NameAlgorithm, uint Attributes, byte[] AuthPolicy, int Size);
