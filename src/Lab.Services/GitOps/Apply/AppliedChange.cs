namespace Lab.Services.GitOps.Apply;

/// <summary>What became of one object.</summary>
/// <param name="Entry">The object.</param>
/// <param name="Action"><c>created</c>, <c>configured</c>, <c>unchanged</c>, <c>skipped</c> or <c>deleted</c>.</param>
internal sealed record AppliedChange(InventoryEntry Entry, string Action)
{
    public const string Created = "created";
    public const string Configured = "configured";
    public const string Unchanged = "unchanged";
    public const string Skipped = "skipped";
    public const string Deleted = "deleted";

    public bool IsChange => Action is Created or Configured or Deleted;

    public override string ToString() => $"{Entry.Id.ToDisplay()} {Action}";
}
