namespace Lab.Services.GitOps.Sources;

/// <summary>Why a source could not be fetched or must not be used, in the API's words.</summary>
/// <param name="reason">The condition's reason, one of the constants.</param>
/// <param name="message">The condition's message.</param>
/// <param name="stalled">Whether trying again is of no use before the object changes.</param>
/// <param name="inner">What it comes from.</param>
internal sealed class SourceException(string reason, string message, bool stalled = false, Exception? inner = null)
    : Exception(message, inner)
{
    public const string UrlInvalid = "URLInvalid";
    public const string GitOperationFailed = "GitOperationFailed";
    public const string AuthenticationFailed = "AuthenticationFailed";
    public const string VerificationError = "VerificationError";
    public const string InvalidCommitSignature = "InvalidCommitSignature";
    public const string InvalidTagSignature = "InvalidTagSignature";
    public const string InvalidGitObject = "InvalidGitObject";
    public const string InvalidVerificationMode = "InvalidVerificationMode";
    public const string ArchiveOperationFailed = "ArchiveOperationFailed";
    public const string OciPullFailed = "OCIArtifactPullFailed";
    public const string OciLayerFailed = "OCIArtifactLayerOperationFailed";
    public const string Unsupported = "UnsupportedFeature";

    /// <summary>Not Flux's: the branch's head does not descend from the last accepted one.</summary>
    public const string HistoryRewritten = "HistoryRewritten";

    /// <summary>Not Flux's: the tree holds what must not be unpacked.</summary>
    public const string HostileContent = "HostileContent";

    public string Reason { get; } = reason;

    public bool IsStalled { get; } = stalled;

    /// <summary>Whether what was fetched is not to be trusted, as opposed to not having been fetched.</summary>
    public bool IsAboutTrust =>
        Reason
            is VerificationError
                or InvalidCommitSignature
                or InvalidTagSignature
                or InvalidGitObject
                or InvalidVerificationMode
                or HistoryRewritten;
}
