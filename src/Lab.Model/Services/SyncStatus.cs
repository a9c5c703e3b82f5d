namespace Lab.Model.Services;

/// <summary>How the fleet's GitRepository and Kustomization stand, in Flux's words.</summary>
/// <param name="SourceReady">Status of the source's <c>Ready</c> condition: <c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="SourceReason">Its reason, e.g. <c>Succeeded</c>, <c>GitOperationFailed</c>, <c>InvalidCommitSignature</c>.</param>
/// <param name="SourceMessage">Its message.</param>
/// <param name="SourceRevision">Revision of the last artifact, <c>branch@sha1:…</c>; null before.</param>
/// <param name="Ready">Status of the Kustomization's <c>Ready</c> condition.</param>
/// <param name="Reason">Its reason, e.g. <c>ReconciliationSucceeded</c>, <c>BuildFailed</c>, <c>HealthCheckFailed</c>.</param>
/// <param name="Message">Its message.</param>
/// <param name="AppliedRevision">The last revision that was applied; null before.</param>
/// <param name="AttemptedRevision">The last revision that was tried.</param>
/// <param name="Inventory">Ids of what is applied, <c>namespace_name_group_kind</c>.</param>
public sealed record SyncStatus(
    string SourceReady,
    string SourceReason,
    string SourceMessage,
    string? SourceRevision,
    string Ready,
    string Reason,
    string Message,
    string? AppliedRevision,
    string? AttemptedRevision,
    IReadOnlyList<string> Inventory
);
