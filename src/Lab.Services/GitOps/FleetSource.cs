namespace Lab.Services.GitOps;

/// <summary>The repository that rules the cluster, as the engine is to follow it.</summary>
/// <param name="Url">Its address, as the engine reaches it.</param>
/// <param name="Branch">The branch.</param>
/// <param name="SigningKey">The public key, in OpenSSH's form, that must have signed each commit; null where any commit is accepted.</param>
public sealed record FleetSource(string Url, string Branch, string? SigningKey)
{
    /// <summary>The folder in the repository.</summary>
    public string Path { get; init; } = "./";

    /// <summary>How often the repository is looked at, where no push tells of itself.</summary>
    public TimeSpan SourceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the cluster is looked at for drift, and how soon something that failed is tried again.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rollout may take before it counts as failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}
