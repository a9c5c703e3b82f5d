namespace Lab.Trust.Tuf;

/// <summary>Why a TUF operation was refused. Each member has one <see cref="TufException.Refusal"/> code.</summary>
public enum TufErrorCode
{
    /// <summary>The repository could not be read: network fault, HTTP error, too slow, or a file that must exist does not.</summary>
    FetchFailed,

    /// <summary>Metadata is malformed, too large, inconsistent with what another role says of it, or over a limit.</summary>
    Invalid,

    /// <summary>Fewer distinct keys than the threshold signed the metadata.</summary>
    Signature,

    /// <summary>A version is lower than one already trusted.</summary>
    Rollback,

    /// <summary>Metadata is past its expiry at the fixed update start time.</summary>
    Expired,

    /// <summary>No trusted role, in the order of the delegations, names the target.</summary>
    TargetMissing,

    /// <summary>A downloaded target differs in length or hash from what the metadata says.</summary>
    DigestMismatch,

    /// <summary>There is no usable trusted root to start from.</summary>
    NoRoot,

    /// <summary>The trusted metadata could not be stored.</summary>
    Storage,
}
