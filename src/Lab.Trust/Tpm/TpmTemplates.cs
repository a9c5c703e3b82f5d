namespace Lab.Trust.Tpm;

/// <summary>The public areas from which well-known keys are made. Read-only: derive with <c>with</c>.</summary>
public static class TpmTemplates
{
    private const TpmObjectAttributes NeverLeaves =
        TpmObjectAttributes.FixedTpm | TpmObjectAttributes.FixedParent | TpmObjectAttributes.SensitiveDataOrigin;

    /// <summary>PolicySecret(TPM_RH_ENDORSEMENT) with SHA-256: the policy of the EK templates L-1 and L-2.</summary>
    public static ReadOnlySpan<byte> EkPolicySha256 =>
        [
            0x83,
            0x71,
            0x97,
            0x67,
            0x44,
            0x84,
            0xB3,
            0xF8,
            0x1A,
            0x90,
            0xCC,
            0x8D,
            0x46,
            0xA5,
            0xD7,
            0x24,
            0xFD,
            0x52,
            0xD7,
            0x6E,
            0x06,
            0x52,
            0x0B,
            0x64,
            0xF2,
            0xA1,
            0xDA,
            0x1B,
            0x33,
            0x14,
            0x69,
            0xAA,
        ];

    /// <summary>TCG EK Credential Profile, template L-1: RSA-2048 storage key, SHA-256, AES-128-CFB.</summary>
    public static TpmPublic EkRsa2048 =>
        new()
        {
            Type = TpmAlgorithm.Rsa,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes =
                NeverLeaves | TpmObjectAttributes.AdminWithPolicy | TpmObjectAttributes.Restricted | TpmObjectAttributes.Decrypt,
            AuthPolicy = EkPolicySha256.ToArray(),
            Symmetric = TpmSymmetric.Aes128Cfb,
            RsaBits = 2048,
            Unique = new byte[256],
        };

    /// <summary>TCG EK Credential Profile, template L-2: ECC P-256 storage key, SHA-256, AES-128-CFB.</summary>
    public static TpmPublic EkEccP256 =>
        EkRsa2048 with
        {
            Type = TpmAlgorithm.Ecc,
            RsaBits = 0,
            Curve = TpmCurve.NistP256,
            Unique = new byte[32],
            UniqueY = new byte[32],
        };

    /// <summary>
    /// The attestation key: ECC P-256, ECDSA with SHA-256, restricted signing. noDA, because a power cut with a DA-protected key loaded
    /// counts as a failed try and ends in lockout after a few.
    /// </summary>
    public static TpmPublic AkEccP256 => Ak(TpmCurve.NistP256, TpmAlgorithm.Sha256);

    /// <summary>The attestation key on P-384 with SHA-384.</summary>
    public static TpmPublic AkEccP384 => Ak(TpmCurve.NistP384, TpmAlgorithm.Sha384);

    /// <summary>A storage root key: ECC P-256, AES-128-CFB, noDA (TCG TPM v2.0 Provisioning Guidance).</summary>
    public static TpmPublic StorageEccP256 =>
        new()
        {
            Type = TpmAlgorithm.Ecc,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes =
                NeverLeaves
                | TpmObjectAttributes.UserWithAuth
                | TpmObjectAttributes.NoDa
                | TpmObjectAttributes.Restricted
                | TpmObjectAttributes.Decrypt,
            Symmetric = TpmSymmetric.Aes128Cfb,
            Curve = TpmCurve.NistP256,
        };

    /// <summary>Sealed data that only a policy session opens.</summary>
    /// <param name="policy">The SHA-256 policy digest.</param>
    public static TpmPublic Sealed(byte[] policy) =>
        new()
        {
            Type = TpmAlgorithm.KeyedHash,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes =
                TpmObjectAttributes.FixedTpm
                | TpmObjectAttributes.FixedParent
                | TpmObjectAttributes.AdminWithPolicy
                | TpmObjectAttributes.NoDa,
            AuthPolicy = policy,
        };

    /// <summary>Sealed data that its password opens; wrong tries count towards lockout.</summary>
    public static TpmPublic SealedWithPassword =>
        new()
        {
            Type = TpmAlgorithm.KeyedHash,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes = TpmObjectAttributes.FixedTpm | TpmObjectAttributes.FixedParent | TpmObjectAttributes.UserWithAuth,
        };

    /// <summary>A signing key for data from outside the TPM: ECC P-256, ECDSA with SHA-256, not restricted.</summary>
    public static TpmPublic SigningEccP256 =>
        AkEccP256 with
        {
            Attributes = NeverLeaves | TpmObjectAttributes.UserWithAuth | TpmObjectAttributes.NoDa | TpmObjectAttributes.Sign,
        };

    private static TpmPublic Ak(TpmCurve curve, TpmAlgorithm hash) =>
        new()
        {
            Type = TpmAlgorithm.Ecc,
            NameAlgorithm = TpmAlgorithm.Sha256,
            Attributes =
                NeverLeaves
                | TpmObjectAttributes.UserWithAuth
                | TpmObjectAttributes.NoDa
                | TpmObjectAttributes.Restricted
                | TpmObjectAttributes.Sign,
            Scheme = new TpmScheme(TpmAlgorithm.EcDsa, hash),
            Curve = curve,
        };
}
