using Lab.Emulation.Tpm;
using Lab.Model.Boards;

namespace Lab.Emulation.Qemu;

/// <summary>Everything that one power-on of a virtual board needs.</summary>
/// <param name="Settings">The board's wiring.</param>
/// <param name="FlashedPath">The firmware image in its flash.</param>
/// <param name="Boot">What that starts.</param>
/// <param name="Fault">The fault its TPM has.</param>
/// <param name="Tpm">Its TPM.</param>
/// <param name="Folder">Its state folder.</param>
/// <param name="Sockets">Where its sockets go.</param>
/// <param name="MacAddress">Its address.</param>
/// <param name="Tap">Its port on a network segment, if it is on one.</param>
/// <param name="Connected">Whether its cable is plugged in.</param>
internal sealed record MachinePlan(
    VirtualBoardSettings Settings,
    string FlashedPath,
    BootConfiguration Boot,
    TpmFault Fault,
    TpmState Tpm,
    string Folder,
    string Sockets,
    string MacAddress,
    string? Tap,
    bool Connected
)
{
    /// <summary>The copy that the ROM measures and QEMU loads.</summary>
    public string FirmwarePath => Path.Combine(Folder, "firmware.bin");

    public string EnvironmentPath => Path.Combine(Folder, "environment.img");

    public string ConsoleLogPath => Path.Combine(Folder, "console.log");

    public string TpmSocket => Path.Combine(Sockets, "tpm");

    public string ConsoleSocket => Path.Combine(Sockets, "console");

    public string MonitorSocket => Path.Combine(Sockets, "monitor");

    public string ReadySocket => Path.Combine(Sockets, "ready");

    /// <summary>QEMU's command line for it.</summary>
    public QemuCommandLine CommandLine()
    {
        var line = QemuCommandLine
            .Virt($"hwlab-{Settings.Rig}-{Settings.Board}", Settings.Accelerator, Settings.Processors, Settings.MemoryMebibytes)
            .WithFirmware(FirmwarePath)
            .WithConsole(ConsoleSocket, ConsoleLogPath)
            .WithMonitor(MonitorSocket)
            .WithReadySignal(ReadySocket);
        if (Settings.FirmwareEnvironment is not null)
            line = line.WithFirmwareEnvironment(EnvironmentPath);
        if (Fault != TpmFault.Absent)
            line = line.WithTpm(TpmSocket);
        if (Settings.Clock is { } clock)
            line = line.WithClock(clock);
        return Netdev() is { } netdev
            ? line.WithNetwork(netdev, MacAddress).With([.. Settings.ExtraArguments])
            : line.With([.. Settings.ExtraArguments]);
    }

    private string? Netdev() =>
        Settings.Network switch
        {
            VirtualNetwork.User user =>
                $"user,tftp={QemuCommandLine.Escape(user.TftpFolder)},bootfile={QemuCommandLine.Escape(Boot.BootFile)}"
                    + $",tftp-server-name={QemuCommandLine.Escape(user.Origin.AbsoluteUri.TrimEnd('/'))}"
                    // DHCP option 12: how a board knows its name.
                    + $",hostname={QemuCommandLine.Escape(Settings.Board)}",
            VirtualNetwork.Segment => $"tap,ifname={Tap},script=no,downscript=no",
            _ => null,
        };
}
