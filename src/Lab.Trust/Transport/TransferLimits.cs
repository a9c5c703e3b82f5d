namespace Lab.Trust.Transport;

/// <summary>Bounds of one transfer from an untrusted peer (the slow-retrieval attack of the TUF specification, 1.5.2).</summary>
/// <param name="Grace">Time before the minimum rate counts; covers connection and first byte.</param>
/// <param name="MinimumBytesPerSecond">Mean rate, after the grace time, below which the transfer is given up.</param>
/// <param name="TotalTime">Longest time of one transfer.</param>
public sealed record TransferLimits(TimeSpan Grace, long MinimumBytesPerSecond, TimeSpan TotalTime)
{
    /// <summary>For metadata: small files, 10 s of grace, 1 KiB/s, 2 minutes.</summary>
    public static TransferLimits Metadata { get; } = new(TimeSpan.FromSeconds(10), 1024, TimeSpan.FromMinutes(2));

    /// <summary>For images over an emulated network: 30 s of grace, 16 KiB/s, 30 minutes.</summary>
    public static TransferLimits Bulk { get; } = new(TimeSpan.FromSeconds(30), 16 * 1024, TimeSpan.FromMinutes(30));
}
