namespace Lab.Trust.Tuf;

/// <summary>One delegated role as its delegator describes it.</summary>
internal sealed record TufDelegation(string Name, TufRole Role, bool Terminating);
