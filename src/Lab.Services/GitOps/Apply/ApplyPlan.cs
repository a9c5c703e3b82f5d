using System.Text.Json.Nodes;

namespace Lab.Services.GitOps.Apply;

/// <summary>What applying an object will do.</summary>
/// <param name="Item">The object as it is applied.</param>
/// <param name="Path">Its path in the API.</param>
/// <param name="Live">The object in the cluster; null when there is none.</param>
/// <param name="Applied">What the dry run made of it; null when it is skipped.</param>
/// <param name="Change">The outcome.</param>
/// <param name="MustRecreate">Whether it must be deleted first, because a field that differs cannot change.</param>
internal sealed record ApplyPlan(
    JsonObject Item,
    string Path,
    JsonObject? Live,
    JsonObject? Applied,
    AppliedChange Change,
    bool MustRecreate
);
