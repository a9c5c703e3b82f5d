namespace Lab.Services.Registry;

/// <summary>What clients may store in the registry at most.</summary>
public sealed record RegistryLimits
{
    /// <summary>Bytes of one blob.</summary>
    public long Blob { get; init; } = 4L << 30;

    /// <summary>Bytes of one manifest. The specification asks registries to take at least 4 MiB.</summary>
    public int Manifest { get; init; } = 4 << 20;

    /// <summary>Uploads in progress.</summary>
    public int Uploads { get; init; } = 64;

    /// <summary>How long an upload may lie idle.</summary>
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Repositories, and names within each.</summary>
    public int Names { get; init; } = 4096;
}
