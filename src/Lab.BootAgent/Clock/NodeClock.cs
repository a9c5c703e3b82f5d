namespace Lab.BootAgent.Clock;

/// <summary>The time behind a kexec: the next kernel starts from the hardware clock, which LinuxBoot may have found wrong.</summary>
internal static class NodeClock
{
    // More than any boot that kexec could not have been measured in, less than what certificates are valid for.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // Certificates of a cluster that has just been made are not yet valid for who is behind by more than it has lived.
    private static readonly TimeSpan Slip = TimeSpan.FromSeconds(5);

    /// <summary>Whether a clock is wrong enough to be set by one that is known to be right.</summary>
    public static bool FindError(DateTimeOffset right, DateTimeOffset now) => (now - right).Duration() > Slip;

    /// <summary>The time to set; null where the clock is right.</summary>
    /// <param name="atHandover">When LinuxBoot ended, by the clock that it believed; null if it did not say.</param>
    /// <param name="now">What this kernel's clock says.</param>
    /// <param name="sinceStart">How long this kernel has run.</param>
    public static DateTimeOffset? Correct(DateTimeOffset? atHandover, DateTimeOffset now, TimeSpan sinceStart) =>
        atHandover is { } then && (now - (then + sinceStart)).Duration() > Tolerance ? then + sinceStart : null;
}
