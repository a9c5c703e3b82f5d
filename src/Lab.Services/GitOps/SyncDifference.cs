namespace Lab.Services.GitOps;

/// <summary>What a reconciliation would do to one object.</summary>
/// <param name="Object"><c>Kind/namespace/name</c>.</param>
/// <param name="Action"><c>created</c>, <c>configured</c>, <c>deleted</c>, <c>skipped</c> or <c>unchanged</c>.</param>
/// <param name="Lines">The fields that would change, each with its value before and after; values of Secrets are left out.</param>
public sealed record SyncDifference(string Object, string Action, IReadOnlyList<string> Lines);
