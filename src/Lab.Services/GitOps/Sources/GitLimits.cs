namespace Lab.Services.GitOps.Sources;

/// <summary>What a repository may hold, so that a hostile one cannot fill the disk or the memory.</summary>
public sealed record GitLimits
{
    /// <summary>Bytes of one file in the tree.</summary>
    public long File { get; init; } = 8L << 20;

    /// <summary>Bytes of all files in the tree.</summary>
    public long Total { get; init; } = 64L << 20;

    /// <summary>Files in the tree.</summary>
    public int Files { get; init; } = 20_000;

    /// <summary>Bytes of one file that git may write: what a server may send in one pack.</summary>
    public long Pack { get; init; } = 512L << 20;
}
