using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Devices;

/// <summary>The ways in which PID 1 leaves. None returns when the kernel obeys.</summary>
internal static class Machine
{
    // include/uapi/linux/reboot.h
    private const uint PowerOffCommand = 0x4321FEDC;
    private const uint RestartCommand = 0x01234567;
    private const uint KexecCommand = 0x45584543;

    public static void PowerOff() => Leave(PowerOffCommand);

    public static void Restart() => Leave(RestartCommand);

    /// <summary>Starts the kernel that was loaded.</summary>
    /// <exception cref="LinuxException">None is loaded, or the kernel refused.</exception>
    public static void StartLoadedKernel()
    {
        Leave(KexecCommand);
        throw LinuxException.Last("reboot into the loaded kernel");
    }

    private static void Leave(uint command)
    {
        Libc.Sync();
        _ = Libc.Reboot(command);
    }
}
