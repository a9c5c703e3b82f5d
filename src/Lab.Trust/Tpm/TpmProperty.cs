namespace Lab.Trust.Tpm;

/// <summary>TPM_PT: fixed and variable properties (Part 2, 6.13).</summary>
public enum TpmProperty : uint
{
    /// <summary>Four ASCII characters: the vendor's id, such as "IBM " for the software TPM.</summary>
    Manufacturer = 0x105,
    FirmwareVersion1 = 0x10B,
    FirmwareVersion2 = 0x10C,
    PcrCount = 0x112,

    /// <summary>The most bytes that one NV read or write moves.</summary>
    NvBufferMax = 0x12C,

    /// <summary>TPMA_PERMANENT: bit 9 says that the TPM is in lockout.</summary>
    Permanent = 0x200,

    /// <summary>Failed tries so far.</summary>
    LockoutCounter = 0x20E,

    /// <summary>Failed tries that lead to lockout.</summary>
    MaxAuthFail = 0x20F,

    /// <summary>Seconds after which one failed try is forgotten.</summary>
    LockoutInterval = 0x210,

    /// <summary>Seconds after which the lockout authorisation may be used again.</summary>
    LockoutRecovery = 0x211,
}
