namespace Lab.Trust.Tpm;

/// <summary>TPMA_OBJECT (Part 2, 8.3).</summary>
[Flags]
public enum TpmObjectAttributes : uint
{
    None = 0,
    FixedTpm = 1 << 1,
    StClear = 1 << 2,
    FixedParent = 1 << 4,
    SensitiveDataOrigin = 1 << 5,
    UserWithAuth = 1 << 6,
    AdminWithPolicy = 1 << 7,
    FirmwareLimited = 1 << 8,
    SvnLimited = 1 << 9,

    /// <summary>Not subject to dictionary-attack protection.</summary>
    NoDa = 1 << 10,
    EncryptedDuplication = 1 << 11,
    Restricted = 1 << 16,
    Decrypt = 1 << 17,
    Sign = 1 << 18,
    X509Sign = 1 << 19,
}
