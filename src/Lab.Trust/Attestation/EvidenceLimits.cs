namespace Lab.Trust.Attestation;

/// <summary>The largest evidence that is looked at, in bytes. The event log has its own: <see cref="EventLogs.EventLogLimits"/>.</summary>
public static class EvidenceLimits
{
    /// <summary>A TPM2B_PUBLIC; RSA-4096 needs some 600.</summary>
    public const int MaxPublic = 1024;

    /// <summary>An EK certificate; real ones have 1 to 2 KiB.</summary>
    public const int MaxCertificate = 8 * 1024;

    /// <summary>A TPMS_ATTEST; a quote needs some 150.</summary>
    public const int MaxAttest = 1024;

    /// <summary>A TPMT_SIGNATURE; RSA-4096 needs 518.</summary>
    public const int MaxSignature = 1024;

    /// <summary>The shortest nonce that is one.</summary>
    public const int MinNonce = 16;
}
