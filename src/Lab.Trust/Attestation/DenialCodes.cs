namespace Lab.Trust.Attestation;

/// <summary>Why trust is refused: the codes of the attestation service's answers.</summary>
public static class DenialCodes
{
    /// <summary>The EK certificate: chain, purpose, names, validity, deny list.</summary>
    public const string EkUntrusted = "ek-untrusted";

    /// <summary>The EK is not the certified one, or not of the TCG template.</summary>
    public const string EkMismatch = "ek-mismatch";

    /// <summary>The AK could sign what is not from the TPM, or leave the TPM.</summary>
    public const string AkAttributes = "ak-attributes";

    /// <summary>The AK and the EK are not in the same TPM.</summary>
    public const string ActivationFailed = "activation-failed";

    /// <summary>The quote answers another challenge.</summary>
    public const string Nonce = "nonce";

    /// <summary>No node's key is bound into the quote, though one is stated or demanded.</summary>
    public const string NodeKey = "node-key";

    /// <summary>Not a quote, or not signed by the AK.</summary>
    public const string Signature = "signature";

    /// <summary>The quote is about other PCRs or another bank.</summary>
    public const string PcrSelection = "pcr-selection";

    /// <summary>The PCR values handed in are not the quoted ones.</summary>
    public const string PcrDigest = "pcr-digest";

    /// <summary>The event log is malformed, or does not tell how the PCRs got their values.</summary>
    public const string EventLog = "event-log";

    /// <summary>A PCR has a value that is not allowed.</summary>
    public const string ReferenceValue = "reference-value";

    /// <summary>Something was measured that the policy denies, whatever else it allows.</summary>
    public const string DeniedDigest = "denied-digest";

    /// <summary>The TPM's own firmware is older than the policy allows.</summary>
    public const string TpmFirmware = "tpm-firmware";

    /// <summary>The attestation key or the EK is not one that the policy names.</summary>
    public const string KeyUnknown = "key-unknown";

    /// <summary>No trusted verifier vouches for what only the verifier at the time could know: that AK and EK are in one TPM.</summary>
    public const string Statement = "statement";

    /// <summary>The session is unknown, expired or used up.</summary>
    public const string Session = "session";

    /// <summary>Evidence beyond the size limits.</summary>
    public const string Limits = "limits";
}
