namespace Lab.Emulation.Images;

/// <summary>What is pinned in a LinuxBoot image.</summary>
/// <param name="Target">The TUF target to boot, such as <c>os/edge-node</c>.</param>
/// <param name="RootMetadata">The TUF root of trust, JSON.</param>
/// <param name="NotBefore">The earliest time that the board may believe it is.</param>
/// <param name="PowerOffOnFailure">True to power off when anything is refused, false to try again.</param>
public sealed record LinuxBootOptions(
    string Target,
    ReadOnlyMemory<byte> RootMetadata,
    DateTimeOffset NotBefore,
    bool PowerOffOnFailure = true
)
{
    /// <summary>The kernel's command line. No Linux security modules and no self-tests: half a second of emulated time.</summary>
    public string CommandLine { get; init; } = "console=ttyAMA0 quiet loglevel=3 panic=-1 lsm= cryptomgr.notests";
}
