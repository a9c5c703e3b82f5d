using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Devices;

/// <summary>The kernel's own file systems.</summary>
internal static class FileSystems
{
    private const nuint NoSuidNoDevNoExec = 2 | 4 | 8;
    private const int Busy = 16;

    /// <summary>Mounts /dev, /proc, /sys and securityfs (where the firmware's event log shows). What is mounted already stays.</summary>
    /// <exception cref="LinuxException">The kernel refused a mount.</exception>
    public static void Mount()
    {
        Mount("devtmpfs", "/dev", 2 | 8);
        Mount("proc", "/proc", NoSuidNoDevNoExec);
        Mount("sysfs", "/sys", NoSuidNoDevNoExec);
        Mount("securityfs", "/sys/kernel/security", NoSuidNoDevNoExec);
    }

    private static void Mount(string type, string path, nuint flags)
    {
        if (!Directory.Exists(path))
            Directory.CreateDirectory(path);
        if (Libc.Mount(type, path, type, flags, null) == 0)
            return;
        var error = LinuxException.Last($"mount {type} on {path}");
        if (error.Error != Busy)
            throw error;
    }
}
