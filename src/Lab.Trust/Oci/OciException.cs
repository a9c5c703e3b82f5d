namespace Lab.Trust.Oci;

/// <summary>An OCI operation was refused or failed. Nothing that it would have produced may be used.</summary>
public sealed class OciException : Exception
{
    public OciException(OciErrorCode code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
    }

    /// <summary>The class of the failure.</summary>
    public OciErrorCode Code { get; }

    /// <summary>The code that a board reports in its <c>refused</c> event.</summary>
    public string Refusal =>
        Code is OciErrorCode.DigestMismatch or OciErrorCode.Invalid or OciErrorCode.TooLarge ? "digest-mismatch" : "fetch-failed";
}
