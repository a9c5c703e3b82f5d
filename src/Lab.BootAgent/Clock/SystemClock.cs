using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Clock;

/// <summary>The kernel's real-time clock.</summary>
internal static class SystemClock
{
    private const int RealTime = 0; // CLOCK_REALTIME

    /// <summary>Sets it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe void Set(DateTimeOffset time)
    {
        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        var value = stackalloc long[2];
        value[0] = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        value[1] = rest * 100;
        if (Libc.SetClock(RealTime, value) != 0)
            throw LinuxException.Last("clock_settime");
    }
}
