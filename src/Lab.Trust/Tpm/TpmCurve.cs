namespace Lab.Trust.Tpm;

/// <summary>TPM_ECC_CURVE: the curves the BCL can compute with.</summary>
public enum TpmCurve : ushort
{
    None = 0x0000,
    NistP256 = 0x0003,
    NistP384 = 0x0004,
    NistP521 = 0x0005,
}
