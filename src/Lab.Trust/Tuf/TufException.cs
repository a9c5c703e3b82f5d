namespace Lab.Trust.Tuf;

/// <summary>A TUF operation was refused. Nothing that it would have produced may be used.</summary>
public sealed class TufException : Exception
{
    public TufException(TufErrorCode code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
    }

    /// <summary>The class of the refusal.</summary>
    public TufErrorCode Code { get; }

    /// <summary>The code that a board reports in its <c>refused</c> event.</summary>
    public string Refusal =>
        Code switch
        {
            TufErrorCode.FetchFailed => "fetch-failed",
            TufErrorCode.Invalid => "tuf-invalid",
            TufErrorCode.Signature => "tuf-signature",
            TufErrorCode.Rollback => "tuf-rollback",
            TufErrorCode.Expired => "tuf-expired",
            TufErrorCode.TargetMissing => "target-missing",
            TufErrorCode.DigestMismatch => "digest-mismatch",
            TufErrorCode.NoRoot => "no-root",
            _ => "internal",
        };
}
