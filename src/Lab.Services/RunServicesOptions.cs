using Lab.Host.Networks;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Services.Attestation;
using Lab.Services.Hosting;
using Lab.Services.Registry;
using Lab.Services.Tuf;
using Lab.Services.Workloads;
using Lab.Trust.Attestation;

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
    public NetworkSegment? Segment { get; init; }

    /// <summary>MAC address → name of the boards: a segment tells each its name in DHCP option 12.</summary>
    public IReadOnlyDictionary<string, string> Boards { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Names served by TFTP and HTTP, and the files behind them.</summary>
    public required IReadOnlyDictionary<string, string> BootFiles { get; init; }

    /// <summary>
    /// Folders served by TFTP under a prefix, and the folders behind them: what a board's boot loader fetches before its firmware.
    /// </summary>
    public IReadOnlyDictionary<string, string> BootFolders { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The file that DHCP names.</summary>
    public string BootFile { get; init; } = "uki.efi";

    /// <summary>The rig's TUF repository, whose root is pinned in the boot file.</summary>
    public required RigTufRepository Tuf { get; init; }

    /// <summary>The OS that boards are to start.</summary>
    public required OsArtifact Os { get; init; }

    /// <summary>Container images that the registry offers to nodes.</summary>
    public IReadOnlyList<WorkloadImage> Images { get; init; } = [];

    /// <summary>The PCR values that a good board shows, predicted; exactly these PCRs are asked for.</summary>
    public required ReferenceValues Reference { get; init; }

    /// <summary>The certificates (DER) of the authorities whose endorsement keys are trusted.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> EndorsementAuthorities { get; init; }

    /// <summary>
    /// The rig's boards and the EK certificates (DER) that their TPMs were made with; a board then attests with no other. Null where the rig
    /// keeps no such list.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? BoardCertificates { get; init; }

    /// <summary>Where what an attested board is given comes from; when null, every one is given the same 32 random bytes.</summary>
    public ISecretSource? Secret { get; init; }

    /// <summary>What a PCR holds on this chain, for the report.</summary>
    public IReadOnlyDictionary<int, string> PcrMeanings { get; init; } = new Dictionary<int, string>();

    /// <summary>What clients may ask of the services.</summary>
    public BoardServiceLimits Limits { get; init; } = new();

    /// <summary>What boards may ask of the attestation service.</summary>
    public AttestationLimits AttestationLimits { get; init; } = new();

    /// <summary>What clients may store in the registry.</summary>
    public RegistryLimits RegistryLimits { get; init; } = new();
}
