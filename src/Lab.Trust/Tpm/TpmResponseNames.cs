namespace Lab.Trust.Tpm;

/// <summary>Part 2, tables 16 (response codes): names and short meanings.</summary>
internal static class TpmResponseNames
{
    public static (string Name, string Meaning)? Find(uint code) =>
        code switch
        {
            0x000 => ("TPM_RC_SUCCESS", "done"),
            0x01E => ("TPM_RC_BAD_TAG", "the command's tag is not one of TPM 2.0; a TPM 1.2?"),
            >= 0x100 and < 0x180 => Version1(code - 0x100),
            >= 0x900 and < 0x980 => Warning(code - 0x900),
            >= 0x080 and < 0x0C0 => FormatOne(code - 0x080),
            _ => null,
        };

    private static (string, string)? Version1(uint code) =>
        code switch
        {
            0x00 => ("TPM_RC_INITIALIZE", "the TPM has not been started up, or was started already"),
            0x01 => ("TPM_RC_FAILURE", "the TPM is in failure mode"),
            0x03 => ("TPM_RC_SEQUENCE", "a sequence handle is not used properly"),
            0x0B => ("TPM_RC_PRIVATE", "the private part is not valid"),
            0x19 => ("TPM_RC_HMAC", "an HMAC is not valid"),
            0x20 => ("TPM_RC_DISABLED", "the command is disabled"),
            0x21 => ("TPM_RC_EXCLUSIVE", "an exclusive audit session is in the way"),
            0x24 => ("TPM_RC_AUTH_TYPE", "this handle cannot be authorised that way"),
            0x25 => ("TPM_RC_AUTH_MISSING", "the command needs an authorisation"),
            0x26 => ("TPM_RC_POLICY", "policy failure in a math operation or an invalid policy"),
            0x27 => ("TPM_RC_PCR", "the PCR check failed"),
            0x28 => ("TPM_RC_PCR_CHANGED", "PCRs have changed since they were checked"),
            0x2D => ("TPM_RC_UPGRADE", "the TPM is in field-upgrade mode"),
            0x2E => ("TPM_RC_TOO_MANY_CONTEXTS", "the context counter is at its maximum"),
            0x2F => ("TPM_RC_AUTH_UNAVAILABLE", "the entity's authorisation value or policy is not available"),
            0x30 => ("TPM_RC_REBOOT", "a TPM reset and startup is needed first"),
            0x31 => ("TPM_RC_UNBALANCED", "hash and symmetric algorithm are out of balance"),
            0x42 => ("TPM_RC_COMMAND_SIZE", "the command's size is not the one it declares"),
            0x43 => ("TPM_RC_COMMAND_CODE", "the TPM does not have this command"),
            0x44 => ("TPM_RC_AUTHSIZE", "the authorisation area's size is out of range"),
            0x45 => ("TPM_RC_AUTH_CONTEXT", "this command takes no authorisation"),
            0x46 => ("TPM_RC_NV_RANGE", "offset and size are outside the NV index"),
            0x47 => ("TPM_RC_NV_SIZE", "the NV index cannot have that size"),
            0x48 => ("TPM_RC_NV_LOCKED", "the NV index is locked"),
            0x49 => ("TPM_RC_NV_AUTHORIZATION", "the NV index does not allow this authorisation"),
            0x4A => ("TPM_RC_NV_UNINITIALIZED", "the NV index was never written"),
            0x4B => ("TPM_RC_NV_SPACE", "no NV space is left"),
            0x4C => ("TPM_RC_NV_DEFINED", "the NV index or persistent object exists already"),
            0x50 => ("TPM_RC_BAD_CONTEXT", "the saved context is not valid"),
            0x51 => ("TPM_RC_CPHASH", "the cpHash is set already or does not fit"),
            0x52 => ("TPM_RC_PARENT", "the handle is not a valid parent"),
            0x53 => ("TPM_RC_NEEDS_TEST", "a function needs a self-test first"),
            0x54 => ("TPM_RC_NO_RESULT", "a value cannot be computed from this input"),
            0x55 => ("TPM_RC_SENSITIVE", "the sensitive area does not fit its algorithm"),
            0x56 => ("TPM_RC_READ_ONLY", "the TPM is in read-only mode"),
            _ => null,
        };

    private static (string, string)? Warning(uint code) =>
        code switch
        {
            0x01 => ("TPM_RC_CONTEXT_GAP", "the gap between context counts is too large"),
            0x02 => ("TPM_RC_OBJECT_MEMORY", "no memory for another object: flush one"),
            0x03 => ("TPM_RC_SESSION_MEMORY", "no memory for another session: flush one"),
            0x04 => ("TPM_RC_MEMORY", "out of memory: flush an object or session"),
            0x05 => ("TPM_RC_SESSION_HANDLES", "no session handle is free: flush one"),
            0x06 => ("TPM_RC_OBJECT_HANDLES", "no object handle is free: flush one"),
            0x07 => ("TPM_RC_LOCALITY", "not from this locality"),
            0x08 => ("TPM_RC_YIELDED", "suspended; send the command again"),
            0x09 => ("TPM_RC_CANCELED", "cancelled"),
            0x0A => ("TPM_RC_TESTING", "self-tests are running; send the command again"),
            >= 0x10 and <= 0x16 => ($"TPM_RC_REFERENCE_H{code - 0x10}", "this handle refers to nothing loaded"),
            >= 0x18 and <= 0x1E => ($"TPM_RC_REFERENCE_S{code - 0x18}", "this session handle refers to nothing loaded"),
            0x20 => ("TPM_RC_NV_RATE", "NV writes are rate-limited"),
            0x21 => ("TPM_RC_LOCKOUT", "dictionary-attack lockout: wait, or reset it with the lockout authorisation"),
            0x22 => ("TPM_RC_RETRY", "not started; send the command again"),
            0x23 => ("TPM_RC_NV_UNAVAILABLE", "NV is not accessible now"),
            0x7F => ("TPM_RC_NOT_USED", "reserved"),
            _ => null,
        };

    private static (string, string)? FormatOne(uint code) =>
        code switch
        {
            0x01 => ("TPM_RC_ASYMMETRIC", "asymmetric algorithm not supported or not correct"),
            0x02 => ("TPM_RC_ATTRIBUTES", "inconsistent attributes"),
            0x03 => ("TPM_RC_HASH", "hash algorithm not supported or not appropriate"),
            0x04 => ("TPM_RC_VALUE", "value out of range or not correct here"),
            0x05 => ("TPM_RC_HIERARCHY", "hierarchy not enabled or not correct here"),
            0x07 => ("TPM_RC_KEY_SIZE", "key size not supported"),
            0x08 => ("TPM_RC_MGF", "mask generation function not supported"),
            0x09 => ("TPM_RC_MODE", "mode of operation not supported"),
            0x0A => ("TPM_RC_TYPE", "type not appropriate here"),
            0x0B => ("TPM_RC_HANDLE", "handle not correct here"),
            0x0C => ("TPM_RC_KDF", "key derivation function not supported or not appropriate"),
            0x0D => ("TPM_RC_RANGE", "value out of the allowed range"),
            0x0E => ("TPM_RC_AUTH_FAIL", "authorisation failed; the dictionary-attack counter went up"),
            0x0F => ("TPM_RC_NONCE", "invalid nonce size or value"),
            0x10 => ("TPM_RC_PP", "physical presence is needed"),
            0x12 => ("TPM_RC_SCHEME", "scheme not supported or incompatible"),
            0x15 => ("TPM_RC_SIZE", "wrong size"),
            0x16 => ("TPM_RC_SYMMETRIC", "symmetric algorithm or key size not supported"),
            0x17 => ("TPM_RC_TAG", "wrong structure tag"),
            0x18 => ("TPM_RC_SELECTOR", "wrong union selector"),
            0x1A => ("TPM_RC_INSUFFICIENT", "the command is too short"),
            0x1B => ("TPM_RC_SIGNATURE", "the signature is not valid"),
            0x1C => ("TPM_RC_KEY", "the key does not fit this use"),
            0x1D => ("TPM_RC_POLICY_FAIL", "the policy is not satisfied"),
            0x1F => ("TPM_RC_INTEGRITY", "the integrity check failed"),
            0x20 => ("TPM_RC_TICKET", "invalid ticket"),
            0x21 => ("TPM_RC_RESERVED_BITS", "reserved bits are not zero"),
            0x22 => ("TPM_RC_BAD_AUTH", "authorisation failed, without dictionary-attack consequences"),
            0x23 => ("TPM_RC_EXPIRED", "the policy has expired"),
            0x24 => ("TPM_RC_POLICY_CC", "the policy is for another command"),
            0x25 => ("TPM_RC_BINDING", "public and sensitive parts do not belong together"),
            0x26 => ("TPM_RC_CURVE", "curve not supported"),
            0x27 => ("TPM_RC_ECC_POINT", "the point is not on the curve"),
            0x28 => ("TPM_RC_FW_LIMITED", "the object is bound to other firmware"),
            0x29 => ("TPM_RC_SVN_LIMITED", "the object is bound to another firmware security version"),
            0x30 => ("TPM_RC_CHANNEL", "the secure channel is missing"),
            0x31 => ("TPM_RC_CHANNEL_KEY", "the secure channel's key is not the right one"),
            _ => null,
        };
}
