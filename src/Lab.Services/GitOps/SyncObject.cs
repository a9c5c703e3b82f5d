namespace Lab.Services.GitOps;

/// <summary>A source or Kustomization, as a list shows it.</summary>
/// <param name="Kind"><c>GitRepository</c>, <c>OCIRepository</c> or <c>Kustomization</c>.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Ready">Status of its Ready condition; <c>Unknown</c> where it has none.</param>
/// <param name="Reason">Its reason.</param>
/// <param name="Message">Its message.</param>
/// <param name="Revision">The artifact's revision, or the one that was applied last; null before.</param>
/// <param name="IsSuspended">Whether it is suspended.</param>
public sealed record SyncObject(
    string Kind,
    string Namespace,
    string Name,
    string Ready,
    string Reason,
    string Message,
    string? Revision,
    bool IsSuspended
);
