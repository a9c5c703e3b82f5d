using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Hosting;
using Lab.Services.Netboot;
using Lab.Services.Registry;
using Lab.Services.Tuf;

namespace Lab.Services;

/// <summary>What a run's services are made of.</summary>
public sealed record RunServicesOptions
{
    /// <summary>The rig's state folder: blobs, keys, metadata. Shared by the rig's runs.</summary>
    public required string RigState { get; init; }

    /// <summary>Where the run keeps evidence: the logs of the services go to <c>services/</c> in it.</summary>
    public required string RunFolder { get; init; }

    /// <summary>The lab's folders, for sockets.</summary>
    public required LabFolders Folders { get; init; }

    /// <summary>Owns what is started.</summary>
    public required ProcessOwner Owner { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The segment that boards are on; null for QEMU's user network.</summary>
    public BoardSegment? Segment { get; init; }

    /// <summary>Names served by TFTP and HTTP, and the files behind them.</summary>
    public required IReadOnlyDictionary<string, string> BootFiles { get; init; }

    /// <summary>The file that DHCP names.</summary>
    public string BootFile { get; init; } = "uki.efi";

    /// <summary>The rig's TUF repository, whose root is pinned in the boot file.</summary>
    public required RigTufRepository Tuf { get; init; }

    /// <summary>The OS that boards are to start.</summary>
    public required OsArtifact Os { get; init; }

    /// <summary>The PCR values (SHA-256 bank) that a good board shows, predicted: index to lower-case hexadecimal.</summary>
    public required IReadOnlyDictionary<int, string> ReferenceValues { get; init; }

    /// <summary>The certificates (DER) of the authorities whose endorsement keys are trusted.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> EndorsementAuthorities { get; init; }

    /// <summary>What a PCR holds on this chain, for the report.</summary>
    public IReadOnlyDictionary<int, string> PcrMeanings { get; init; } = new Dictionary<int, string>();

    /// <summary>What clients may ask of the services.</summary>
    public BoardServiceLimits Limits { get; init; } = new();

    /// <summary>What clients may store in the registry.</summary>
    public RegistryLimits RegistryLimits { get; init; } = new();
}
