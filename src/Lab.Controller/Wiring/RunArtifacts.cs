using Lab.Controller.Rigs;
using Lab.Emulation.Images;
using Lab.Model.Errors;
using Lab.Services.Tuf;
using Lab.Trust.Attestation;
using Lab.Trust.Prediction;

namespace Lab.Controller.Wiring;

/// <summary>What a run's board boots, and what it must therefore show.</summary>
/// <param name="FirmwarePath">The firmware image.</param>
/// <param name="Firmware">Its bytes.</param>
/// <param name="LinuxBoot">The image that the firmware starts.</param>
/// <param name="Target">The system that the boot agent starts.</param>
/// <param name="Tuf">The rig's TUF repository; its root is pinned in <paramref name="LinuxBoot"/>.</param>
/// <param name="Prediction">The PCR values that follow from these.</param>
/// <param name="Facts">What is worth keeping in the record.</param>
internal sealed record RunArtifacts(
    string FirmwarePath,
    ReadOnlyMemory<byte> Firmware,
    LinuxBootImage LinuxBoot,
    TargetImage Target,
    RigTufRepository Tuf,
    PcrPrediction Prediction,
    IReadOnlyDictionary<string, string> Facts
)
{
    // What a board's own firmware decides: its version, and its SMBIOS tables.
    private static readonly int[] FirmwarePcrs = [0, 1];

    /// <summary>Whether an on-chip ROM measures the firmware. That of a virtual board does; a real board's is not known to.</summary>
    public bool FirmwareMeasuredByRom { get; init; } = true;

    /// <summary>Whether the lab knows what firmware the board has.</summary>
    public bool FirmwareKnown { get; init; } = true;

    /// <summary>The name under which boards ask for <see cref="LinuxBoot"/>.</summary>
    public const string BootFile = "uki.efi";

    /// <summary>What each PCR holds on this chain (TCG PC Client PFP 3.3.4; UAPI Group's Linux TPM PCR Registry).</summary>
    public static IReadOnlyDictionary<int, string> PcrMeanings { get; } =
        new Dictionary<int, string>
        {
            [0] = "firmware, measured by the on-chip ROM, and its version",
            [1] = "firmware configuration (SMBIOS)",
            [2] = "option ROMs: none",
            [3] = "option ROM configuration: none",
            [4] = "the EFI images started: LinuxBoot and its kernel",
            [5] = "leaving the firmware",
            [6] = "manufacturer's own: none",
            [7] = "Secure Boot policy",
            [8] = "the target: kernel, initrd, root file system, command line",
            [9] = "LinuxBoot's initrd and command line, as its kernel took them",
            [11] = "LinuxBoot's sections",
            [12] = "a command line that is not LinuxBoot's own: none",
        };

    /// <summary>The values that attestation demands: those of the rig's PCRs, or of all that are predicted.</summary>
    /// <exception cref="RigException">The rig demands one that follows from a firmware which the lab does not have.</exception>
    public ReferenceValues Reference(Rig rig)
    {
        if (!FirmwareKnown && rig.Pcrs.Intersect(FirmwarePcrs).Any())
        {
            throw new RigException(
                "PCRs 0 and 1 follow from the board's firmware, and the rig has no copy of it",
                rig.File,
                "give the board 'firmware:', or leave them out of 'attestation: { pcrs: … }'"
            );
        }

        return new(
            $"predicted for rig {rig.Name} from its firmware, LinuxBoot image and target",
            Prediction
                .Values.Where(value => rig.Pcrs.Count == 0 || rig.Pcrs.Contains(value.Key))
                .Where(value => FirmwareKnown || !FirmwarePcrs.Contains(value.Key))
                .ToDictionary(value => value.Key, value => (IReadOnlyList<byte[]>)[value.Value]),
            pcr0Start: FirmwareMeasuredByRom ? PcrPredictor.HcrtmValue(Firmware.Span) : null
        );
    }

    /// <summary>Fetches, builds and predicts; from the cache where nothing changed.</summary>
    /// <param name="installation">Where from.</param>
    /// <param name="setup">The run.</param>
    /// <param name="nodePrograms">The programs that make the board a cluster's node; null for a run without cluster.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<RunArtifacts> PrepareAsync(
        LabInstallation installation,
        RunSetup setup,
        NodePrograms? nodePrograms,
        CancellationToken cancellationToken
    )
    {
        var images = installation.Images;
        var progress = new PreparationReporter(setup.Say, setup.Time);
        var parts = await images.PrepareAsync(progress, refresh: false, cancellationToken);
        var rigState = installation.Folders.Rig(setup.Rig.Name);
        var tuf = await RigTufRepository.OpenAsync(rigState, setup.Time, cancellationToken);
        var linuxBoot = await images.BuildLinuxBootAsync(
            parts,
            new LinuxBootOptions(setup.Rig.Target, tuf.PinnedRoot, tuf.PinnedAt),
            cancellationToken
        );
        var target = nodePrograms is null
            ? await images.BuildTargetAsync(parts, commandLine: null, cancellationToken)
            : await images.BuildNodeAsync(parts, new NodeOptions(nodePrograms), progress, refresh: false, cancellationToken);
        var firmwarePath = setup.Board.FirmwarePath ?? parts.Firmware.Path;
        var firmware = await File.ReadAllBytesAsync(firmwarePath, cancellationToken);
        var prediction = Predict(
            setup,
            new BootArtifacts(
                firmware,
                await File.ReadAllBytesAsync(linuxBoot.Uki.Path, cancellationToken),
                new TargetDigests(Bytes(target.Kernel), Bytes(target.Initrd), Bytes(target.CommandLine))
                {
                    Root = target.Root is { } root ? Bytes(root) : null,
                },
                FirmwareMeasuredByRom: setup.Board.Wiring is null
            )
        );
        return new RunArtifacts(firmwarePath, firmware, linuxBoot, target, tuf, prediction, Describe(parts))
        {
            FirmwareMeasuredByRom = setup.Board.Wiring is null,
            FirmwareKnown = setup.Board.Wiring is null || setup.Board.FirmwarePath is not null,
        };
    }

    private static PcrPrediction Predict(RunSetup setup, BootArtifacts artifacts)
    {
        try
        {
            return PcrPredictor.Predict(artifacts);
        }
        catch (PredictionException exception)
        {
            var what = $"the board's measurements cannot be predicted: {exception.Message}";
            throw setup.Board.FirmwarePath is { } firmware
                ? new RigException(
                    what,
                    firmware,
                    "leave 'firmware:' out, or name an image of the U-Boot that the distribution has",
                    exception
                )
                : new LabException(
                    what,
                    remedy: "run ./hwlab setup; if it stays so, this HwLab is too old for the distribution",
                    inner: exception
                );
        }
    }

    private static byte[] Bytes(Artifact artifact) => Convert.FromHexString(artifact.Sha256);

    private static Dictionary<string, string> Describe(BoardParts parts) =>
        new(StringComparer.Ordinal) { ["kernel"] = parts.KernelRelease, ["firmware-sha256"] = parts.Firmware.Sha256 };
}
