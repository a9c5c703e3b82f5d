namespace Lab.Trust.Tuf.Repository;

/// <summary>A role to delegate to: by path patterns, or by prefixes of the path's SHA-256 in hex.</summary>
/// <param name="Name">Not one of the top-level names.</param>
/// <param name="Role">Who signs it.</param>
public sealed record TufDelegationPlan(string Name, TufRolePlan Role)
{
    /// <summary>Shell-style patterns; either these or <see cref="PathHashPrefixes"/>.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Lower-case hex digits.</summary>
    public IReadOnlyList<string>? PathHashPrefixes { get; init; }

    /// <summary>True when no later role may be asked for a path that this one is responsible for.</summary>
    public bool Terminating { get; init; }
}
