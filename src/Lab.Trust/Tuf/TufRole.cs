namespace Lab.Trust.Tuf;

/// <summary>Who may sign for a role: key ids, and how many distinct keys are needed.</summary>
internal sealed record TufRole(IReadOnlyList<string> KeyIds, int Threshold);
