namespace Lab.Trust.Tpm;

/// <summary>TPM_HANDLE values that are fixed by the specification (Part 2, table 28; EK profile; provisioning guidance).</summary>
public static class TpmHandle
{
    /// <summary>TPM_RH_OWNER: the storage hierarchy.</summary>
    public const uint Owner = 0x40000001;

    /// <summary>TPM_RH_NULL: no entity.</summary>
    public const uint Null = 0x40000007;

    /// <summary>TPM_RS_PW: a password instead of a session.</summary>
    public const uint Password = 0x40000009;

    /// <summary>TPM_RH_LOCKOUT: who may reset the dictionary-attack lockout.</summary>
    public const uint Lockout = 0x4000000A;

    /// <summary>TPM_RH_ENDORSEMENT: the hierarchy of endorsement keys.</summary>
    public const uint Endorsement = 0x4000000B;

    /// <summary>TPM_RH_PLATFORM: the hierarchy of the platform's firmware.</summary>
    public const uint Platform = 0x4000000C;

    /// <summary>NV index of the RSA-2048 EK certificate (TCG EK Credential Profile, low range, template L-1).</summary>
    public const uint EkCertificateRsa2048 = 0x01C00002;

    /// <summary>NV index of the ECC P-256 EK certificate (template L-2).</summary>
    public const uint EkCertificateEccP256 = 0x01C0000A;

    /// <summary>The persistent RSA-2048 EK by convention (TCG TPM v2.0 Provisioning Guidance).</summary>
    public const uint PersistentEkRsa2048 = 0x81010001;
}
