namespace Lab.Trust.Oci;

/// <summary>Why an OCI operation was refused or failed.</summary>
public enum OciErrorCode
{
    /// <summary>Network fault, unexpected HTTP status, too slow, or ended early more often than allowed.</summary>
    FetchFailed,

    /// <summary>The registry has no such repository, manifest, tag or blob.</summary>
    NotFound,

    /// <summary>Content differs from its digest or size.</summary>
    DigestMismatch,

    /// <summary>Malformed digest, descriptor, manifest, index, reference or answer; or a media type that does not fit.</summary>
    Invalid,

    /// <summary>More bytes or items than allowed.</summary>
    TooLarge,

    /// <summary>Credentials are missing or were refused.</summary>
    Unauthorized,
}
