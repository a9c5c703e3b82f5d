using System.Collections.Immutable;
using System.Globalization;

namespace Lab.Emulation.Qemu;

/// <summary>The arguments of QEMU for an arm64 <c>virt</c> board, put together piece by piece. Each piece gives a new command line.</summary>
/// <param name="Arguments">The arguments so far.</param>
public sealed record QemuCommandLine(ImmutableArray<string> Arguments)
{
    /// <summary>The program.</summary>
    public const string Program = "qemu-system-aarch64";

    /// <summary>A bare board: nothing but processor and memory, stopped before its first instruction, and no user configuration.</summary>
    /// <param name="name">Shown by process listings.</param>
    /// <param name="accelerator">What runs the processor.</param>
    /// <param name="processors">How many there are.</param>
    /// <param name="memoryMebibytes">How much memory, in MiB.</param>
    public static QemuCommandLine Virt(string name, Accelerator accelerator, int processors, int memoryMebibytes) =>
        new QemuCommandLine(["-nodefaults", "-no-user-config", "-display", "none"])
            .With("-name", Escape(name))
            .With("-machine", "virt")
            .With("-cpu", accelerator.Processor)
            .With("-accel", accelerator.Option)
            .With("-smp", Number(processors))
            .With("-m", Number(memoryMebibytes))
            .With("-S");

    /// <summary>More arguments as they are.</summary>
    public QemuCommandLine With(params ReadOnlySpan<string> arguments) => this with { Arguments = Arguments.AddRange(arguments) };

    /// <summary>The firmware in the first flash bank.</summary>
    public QemuCommandLine WithFirmware(string path) => With("-bios", path);

    /// <summary>The firmware's variables in the second flash bank: an image of 64 MiB.</summary>
    public QemuCommandLine WithFirmwareEnvironment(string path) =>
        With("-drive", $"if=pflash,unit=1,format=raw,file={Escape(path)}");

    /// <summary>A TPM (TIS, memory-mapped) behind a control socket that must be listening already.</summary>
    public QemuCommandLine WithTpm(string controlPath) =>
        With("-chardev", $"socket,id=tpm,path={Escape(controlPath)}")
            .With("-tpmdev", "emulator,id=tpm,chardev=tpm")
            .With("-device", "tpm-tis-device,tpmdev=tpm");

    /// <summary>The serial console on a socket. QEMU itself appends every byte to the log, whoever is connected.</summary>
    public QemuCommandLine WithConsole(string path, string logPath) =>
        With("-chardev", $"socket,id=console,path={Escape(path)},server=on,wait=off,logfile={Escape(logPath)},logappend=on")
            .With("-serial", "chardev:console");

    /// <summary>The machine protocol on a socket.</summary>
    public QemuCommandLine WithMonitor(string path) =>
        With("-chardev", $"socket,id=monitor,path={Escape(path)},server=on,wait=off")
            .With("-mon", "chardev=monitor,mode=control");

    /// <summary>
    /// QEMU connects to this socket when everything named before it on the command line is listening: chardevs are opened in order.
    /// </summary>
    public QemuCommandLine WithReadySignal(string path) => With("-chardev", $"socket,id=ready,path={Escape(path)}");

    /// <summary>A network card. The firmware brings its own driver, so the card needs no boot ROM.</summary>
    public QemuCommandLine WithNetwork(string netdev, string macAddress) =>
        With("-netdev", $"{netdev},id=net0").With("-device", $"virtio-net-pci,id=nic0,netdev=net0,mac={macAddress},romfile=");

    /// <summary>A hardware clock that stands at that moment when the board gets power.</summary>
    public QemuCommandLine WithClock(DateTimeOffset moment) =>
        With("-rtc", $"base={moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}");

    /// <summary>Commas are doubled inside a value: QEMU's option syntax.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
