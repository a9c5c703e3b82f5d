namespace Lab.Services.Admission;

/// <summary>How nodes are called as users of the API (Kubernetes, "Using Node Authorization").</summary>
internal static class NodeNames
{
    public const string UserPrefix = "system:node:";
    public const string Group = "system:nodes";

    public static string UserOf(string node) => UserPrefix + node;

    /// <summary>The node that a user is; null for a user that is none.</summary>
    public static string? FindNode(string? user) =>
        user is not null && user.StartsWith(UserPrefix, StringComparison.Ordinal) ? user[UserPrefix.Length..] : null;
}
