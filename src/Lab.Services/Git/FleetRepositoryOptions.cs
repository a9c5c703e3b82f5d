using Lab.Host.Processes;

namespace Lab.Services.Git;

/// <summary>What a run's fleet repository is made of.</summary>
/// <param name="SeedFolder">The rig's fleet: the first commit's files.</param>
/// <param name="WorkFolder">A folder of its own, not there yet; removed with the run.</param>
/// <param name="KeyFolder">Where the rig's signing key is kept, made on first use; runs of a rig share it.</param>
/// <param name="Owner">Owns the work folder.</param>
/// <param name="Time">The clock.</param>
public sealed record FleetRepositoryOptions(
    string SeedFolder,
    string WorkFolder,
    string KeyFolder,
    ProcessOwner Owner,
    TimeProvider Time
)
{
    /// <summary>The branch.</summary>
    public string Branch { get; init; } = "main";

    /// <summary>Images that the rig's registry offers, as workloads name them, with their digests: the seed names them by these.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
