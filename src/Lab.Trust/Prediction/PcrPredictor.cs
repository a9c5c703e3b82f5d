using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;

namespace Lab.Trust.Prediction;

/// <summary>
/// Predicts, from artifacts alone, the events and PCR values of the chain ROM → U-Boot 2023.01 (EFI TCG2) → UKI
/// (systemd-stub 257) → BootAgent → target, in the SHA-256 bank.
/// </summary>
/// <remarks>
/// Event types and PCR use: TCG PC Client Platform Firmware Profile Specification, 3.3.4 and 10.4.1. Where firmware
/// may choose, the comments name whose choice it is.
/// </remarks>
public static class PcrPredictor
{
    /// <summary>The PCRs whose values follow from the artifacts, and which a policy can therefore demand.</summary>
    public static IReadOnlyList<int> PredictedPcrs { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12];

    private const uint Separator = 0x04;
    private const uint EventTag = 0x06;
    private const uint CrtmVersion = 0x08;
    private const uint Ipl = 0x0D;
    private const uint VariableDriverConfig = 0x80000001;
    private const uint BootServicesApplication = 0x80000003;
    private const uint EfiAction = 0x80000007;
    private const uint HandoffTables2 = 0x8000000B;
    private const uint HcrtmEvent = 0x80000010;

    private const string FromFirmware = "firmware";
    private const string FromUki = "uki";
    private const string FromTarget = "target";
    private const string FromSpecification = "specification";

    private static readonly Guid GlobalVariable = new("8BE4DF61-93CA-11D2-AA0D-00E098032B8C");
    private static readonly Guid ImageSecurityDatabase = new("D719B2CB-3D3A-4596-A3BC-DAD00E67656F");

    /// <summary>Predicts every event and the final values of <see cref="PredictedPcrs"/>.</summary>
    /// <exception cref="PredictionException">An artifact is not of the kind that this chain starts.</exception>
    public static PcrPrediction Predict(BootArtifacts artifacts)
    {
        ArgumentNullException.ThrowIfNull(artifacts);
        List<PredictedEvent> events =
        [
            .. Rom(artifacts),
            .. Firmware(UBootFirmware.Parse(artifacts.Firmware.Span), out IReadOnlyList<PredictedEvent> beforeStart),
        ];
        var uki = new UkiMeasurement(artifacts.Uki);
        events.Add(
            new PredictedEvent(
                4,
                BootServicesApplication,
                "EV_EFI_BOOT_SERVICES_APPLICATION",
                uki.ImageDigest(),
                "the UKI's Authenticode hash",
                FromUki
            )
        );
        events.AddRange(beforeStart);
        events.AddRange(Stub(uki));
        events.AddRange(Agent(artifacts.Target));
        return new PcrPrediction(events, Replay(events));
    }

    /// <summary>PCR 0 after the ROM's H-CRTM event over <paramref name="firmware"/>: where the logged events start from.</summary>
    public static byte[] HcrtmValue(ReadOnlySpan<byte> firmware) =>
        HardwareCrtm.StartValue(TpmAlgorithm.Sha256, SHA256.HashData(firmware));

    private static IEnumerable<PredictedEvent> Rom(BootArtifacts artifacts) =>
        artifacts.FirmwareMeasuredByRom
            ?
            [
                new PredictedEvent(
                    0,
                    HcrtmEvent,
                    "EV_EFI_HCRTM_EVENT",
                    SHA256.HashData(artifacts.Firmware.Span),
                    "the whole firmware image, measured by the ROM at locality 4",
                    FromFirmware,
                    Logged: false
                ),
            ]
            : [];

    /// <summary>U-Boot's events up to the load of the image, and those between its load and its start.</summary>
    private static IReadOnlyList<PredictedEvent> Firmware(UBootFirmware firmware, out IReadOnlyList<PredictedEvent> beforeStart)
    {
        beforeStart =
        [
            Action(4, "Calling EFI Application from Boot Option"),
            Hashed(1, HandoffTables2, "EV_EFI_HANDOFF_TABLES2", firmware.SmbiosEvent(), "SMBIOS tables", FromFirmware),
            .. Enumerable.Range(0, 8).Select(pcr => SeparatorEvent(pcr, 0, "end of the firmware's own measurements")),
        ];
        return
        [
            Hashed(
                0,
                CrtmVersion,
                "EV_S_CRTM_VERSION",
                Encoding.ASCII.GetBytes(firmware.Version + "\0"),
                firmware.Version,
                FromFirmware
            ),
            // U-Boot starts with no keys enrolled: Secure Boot off, in setup mode.
            Variable(GlobalVariable, "SecureBoot", [0]),
            Variable(GlobalVariable, "PK", []),
            Variable(GlobalVariable, "KEK", []),
            Variable(ImageSecurityDatabase, "db", []),
            Variable(ImageSecurityDatabase, "dbx", []),
            // U-Boot measures these two unlike EDK2.
            Variable(GlobalVariable, "DeployedMode", [0]),
            Variable(GlobalVariable, "AuditMode", [0]),
        ];
    }

    private static IEnumerable<PredictedEvent> Stub(UkiMeasurement uki)
    {
        foreach ((string name, byte[] content) in uki.Sections())
        {
            yield return Hashed(11, Ipl, "EV_IPL", Encoding.ASCII.GetBytes(name + "\0"), $"name of {name}", FromUki);
            yield return Hashed(11, Ipl, "EV_IPL", content, $"content of {name}", FromUki);
        }

        yield return new PredictedEvent(
            4,
            BootServicesApplication,
            "EV_EFI_BOOT_SERVICES_APPLICATION",
            uki.KernelImageDigest(),
            "the kernel's Authenticode hash, as systemd-stub loads it",
            FromUki
        );
        if (uki.LoadOptions() is { } options)
        {
            yield return Hashed(9, EventTag, "EV_EVENT_TAG", options, "the kernel's load options", FromUki);
        }

        if (uki.Initrd() is { } initrd)
        {
            yield return Hashed(9, EventTag, "EV_EVENT_TAG", initrd, "the kernel's initial RAM disk", FromUki);
        }

        yield return Action(5, "Exit Boot Services Invocation");
        yield return Action(5, "Exit Boot Services Returned with Success");
    }

    private static IEnumerable<PredictedEvent> Agent(TargetDigests? target) =>
        target is null
            ? []
            :
            [
                new PredictedEvent(8, Ipl, "EV_IPL", target.Kernel, "hwlab:kernel", FromTarget),
                new PredictedEvent(8, Ipl, "EV_IPL", target.Initrd, "hwlab:initrd", FromTarget),
                .. target.Root is { } root
                    ? (PredictedEvent[])[new PredictedEvent(8, Ipl, "EV_IPL", root, "hwlab:root", FromTarget)]
                    : [],
                new PredictedEvent(8, Ipl, "EV_IPL", target.CommandLine, "hwlab:cmdline", FromTarget),
                SeparatorEvent(8, 0, "LinuxBoot done"),
            ];

    private static PredictedEvent SeparatorEvent(int pcr, uint value, string description)
    {
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, value);
        return Hashed(pcr, Separator, "EV_SEPARATOR", data, description, FromSpecification);
    }

    private static PredictedEvent Action(int pcr, string text) =>
        Hashed(pcr, EfiAction, "EV_EFI_ACTION", Encoding.ASCII.GetBytes(text), text, FromSpecification);

    /// <summary>UEFI_VARIABLE_DATA (TCG PC Client Platform Firmware Profile, 10.2.6).</summary>
    private static PredictedEvent Variable(Guid vendor, string name, byte[] value)
    {
        byte[] lengths = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(lengths, (ulong)name.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(lengths.AsSpan(8), (ulong)value.Length);
        byte[] data = [.. vendor.ToByteArray(), .. lengths, .. Encoding.Unicode.GetBytes(name), .. value];
        string state = value.Length == 0 ? "not set" : Convert.ToHexString(value);
        return Hashed(7, VariableDriverConfig, "EV_EFI_VARIABLE_DRIVER_CONFIG", data, $"{name}: {state}", FromSpecification);
    }

    private static PredictedEvent Hashed(int pcr, uint type, string name, byte[] data, string description, string source) =>
        new(pcr, type, name, SHA256.HashData(data), description, source);

    private static Dictionary<int, byte[]> Replay(List<PredictedEvent> events)
    {
        var values = PredictedPcrs.ToDictionary(pcr => pcr, _ => new byte[32]);
        foreach (PredictedEvent predicted in events)
        {
            values[predicted.Pcr] =
                predicted.EventType == HcrtmEvent
                    ? HardwareCrtm.StartValue(TpmAlgorithm.Sha256, predicted.Digest)
                    : SHA256.HashData([.. values[predicted.Pcr], .. predicted.Digest]);
        }

        return values;
    }
}
