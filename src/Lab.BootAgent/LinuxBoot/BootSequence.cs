using System.Globalization;
using Lab.BootAgent.Clock;
using Lab.BootAgent.Devices;
using Lab.BootAgent.Events;
using Lab.BootAgent.Fetch;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Kexec;
using Lab.BootAgent.Measure;
using Lab.BootAgent.Network;
using Lab.Trust.EventLogs;
using Lab.Trust.Tpm;
using Lab.Trust.Tuf;

namespace Lab.BootAgent.LinuxBoot;

/// <summary>From bare devices to the jump into the target. Each step needs the one before; the first that fails ends the boot.</summary>
/// <param name="events">Told of each step.</param>
/// <param name="time">The clock.</param>
internal sealed class BootSequence(EventWriter events, TimeProvider time)
{
    private static readonly TimeSpan LeaseLimit = TimeSpan.FromSeconds(45);

    private TpmDevice? _tpm;

    /// <summary>What a refusal leads to; power-off until the settings are read.</summary>
    public OnFailure OnFailure { get; private set; } = OnFailure.PowerOff;

    /// <summary>Boots the target.</summary>
    /// <exception cref="RefusalException">The boot is refused.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var settings = AgentSettings.Parse(await File.ReadAllBytesAsync(ImagePaths.Settings, cancellationToken));
        OnFailure = settings.OnFailure;
        var pinnedRoot = await ReadPinnedRootAsync(cancellationToken);
        ModuleLoader.Load(ModuleList.Parse(await File.ReadAllTextAsync(ImagePaths.Modules, cancellationToken)));
        _tpm = Refusing(RefusalCode.NoTpm, () => TpmDevice.Open(cancellationToken));

        var lease = await ConnectAsync(cancellationToken);
        var services = new Uri(lease.Services!);
        using var client = Http.Connect();
        var clock = await SetClockAsync(settings.NotBefore, client, services, cancellationToken);

        var fetcher = new OsFetcher(client, services, time, events);
        Trust(pinnedRoot, await RefreshAsync(fetcher, pinnedRoot));
        var target = await fetcher.FindAsync(settings.Target, cancellationToken);
        using var image = await fetcher.PullAsync(target, cancellationToken);
        Refusing(RefusalCode.KexecFailed, () => Check(image));

        var log = Refusing(RefusalCode.MeasureFailed, () => Measure(image, _tpm));
        var handover = Handover.Build(
            log,
            new HandoverDescription(lease.Services!, Guid.NewGuid().ToString("N"), lease.HostName) { Time = time.GetUtcNow() }
        );
        Refusing(RefusalCode.KexecFailed, () => Start(image, handover));

        async Task<TufVersions> RefreshAsync(OsFetcher from, byte[] root)
        {
            try
            {
                return await from.RefreshAsync(root, cancellationToken);
            }
            catch (RefusalException refusal) when (refusal.Code == RefusalCode.TufExpired)
            {
                var server = await Http.ReadDateAsync(client, services, cancellationToken);
                throw clock.FindDoubt(server) is { } doubt
                    ? new RefusalException(RefusalCode.NoTime, $"{refusal.Message}; {doubt}", refusal)
                    : refusal;
            }
        }
    }

    /// <summary>Makes this boot impossible to attest.</summary>
    public void Spoil()
    {
        if (_tpm is not null)
            Measurer.Spoil(_tpm.Tpm, _tpm.Banks);
    }

    private static async Task<byte[]> ReadPinnedRootAsync(CancellationToken cancellationToken) =>
        File.Exists(ImagePaths.PinnedRoot)
            ? await File.ReadAllBytesAsync(ImagePaths.PinnedRoot, cancellationToken)
            : throw new RefusalException(RefusalCode.NoRoot, $"the image has no {ImagePaths.PinnedRoot}");

    private async Task<DhcpReply> ConnectAsync(CancellationToken cancellationToken)
    {
        var device =
            NetworkInterface.FindEthernet() ?? throw new RefusalException(RefusalCode.NoNetwork, "no Ethernet interface");
        try
        {
            device.BringUp();
            var lease = await new DhcpClient(time).AcquireAsync(device, LeaseLimit, cancellationToken);
            device.Configure(lease);
            events.Write(
                "network",
                json =>
                {
                    json.WriteString("address"u8, lease.Address.ToString());
                    json.WriteString("services"u8, lease.Services);
                }
            );
            return lease;
        }
        catch (Exception error) when (error is TimeoutException or LinuxException or System.Net.Sockets.SocketException)
        {
            throw new RefusalException(RefusalCode.NoNetwork, error.Message, error);
        }
    }

    private async Task<ClockDecision> SetClockAsync(
        DateTimeOffset floor,
        HttpClient client,
        Uri services,
        CancellationToken cancellationToken
    )
    {
        var decision =
            await ClockDecision.MakeAsync(floor, time.GetUtcNow(), () => Http.ReadDateAsync(client, services, cancellationToken))
            ?? throw new RefusalException(
                RefusalCode.NoTime,
                $"neither the hardware clock ({time.GetUtcNow():u}) nor the services say a time from {floor:u} on"
            );
        if (decision.Source != "rtc")
            Refusing(RefusalCode.NoTime, () => SystemClock.Set(decision.Time));
        events.Write(
            "clock",
            json =>
            {
                json.WriteString("source"u8, decision.Source);
                json.WriteString(
                    "time"u8,
                    decision.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
                );
            }
        );
        return decision;
    }

    private void Trust(byte[] pinnedRoot, TufVersions versions)
    {
        Refusing(RefusalCode.MeasureFailed, () => VersionMemory.Advance(_tpm!.Tpm, pinnedRoot, versions));
        events.Write(
            "tuf",
            json =>
            {
                json.WriteNumber("root"u8, versions.Root);
                json.WriteNumber("timestamp"u8, versions.Timestamp);
                json.WriteNumber("snapshot"u8, versions.Snapshot);
                json.WriteNumber("targets"u8, versions.Targets);
            }
        );
    }

    /// <summary>What could not be started is not measured either.</summary>
    private static void Check(OsImage image)
    {
        Arm64Image.Parse(image.Kernel.Content);
        BootDescription.CheckCommandLine(image.CommandLine);
    }

    private byte[] Measure(OsImage image, TpmDevice tpm)
    {
        var log = tpm.OpenLog();
        var measurer = new Measurer(tpm.Tpm, log, tpm.Banks, events);
        measurer.Measure("kernel", image.Kernel.Content, image.Kernel.Digest);
        measurer.Measure("initrd", image.Initrd.Content, image.Initrd.Digest);
        if (image.Root is { } root)
            measurer.Measure("root", root.Content, root.Digest);
        measurer.Measure("cmdline", image.CommandLine, sha256: null);
        measurer.Separate();
        return log.ToArray();
    }

    private void Start(OsImage image, byte[] handover)
    {
        KexecLoader.Load(image.Kernel.Buffer, image.Initrd.Buffer, image.Root?.Buffer, image.CommandLine, handover);
        events.Write("kexec");
        Machine.StartLoadedKernel();
    }

    private static void Refusing(RefusalCode code, Action action) =>
        Refusing(
            code,
            () =>
            {
                action();
                return true;
            }
        );

    private static T Refusing<T>(RefusalCode code, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error)
            when (error is FormatException or LinuxException or IOException or ArgumentException
                || error is EventLogException or TpmException or TpmTransportException or TpmFormatException
            )
        {
            throw new RefusalException(code, error.Message, error);
        }
    }
}
