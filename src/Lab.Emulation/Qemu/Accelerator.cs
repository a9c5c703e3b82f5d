namespace Lab.Emulation.Qemu;

/// <summary>What runs a board's processor.</summary>
/// <param name="Name">The accelerator's name, for the run's record.</param>
/// <param name="Option">The value of QEMU's <c>-accel</c>.</param>
/// <param name="Processor">The value of QEMU's <c>-cpu</c> that goes with it.</param>
/// <param name="Reason">Why this one.</param>
public sealed record Accelerator(string Name, string Option, string Processor, string Reason)
{
    /// <summary>
    /// QEMU's translator. A small translation buffer keeps a second kernel, started by kexec, from crawling in stale blocks (2.7 s instead of
    /// up to 97 s with 24 MiB, QEMU 7.2); one thread is faster than several for boards with one processor.
    /// </summary>
    public static Accelerator Translator(string reason) => new("tcg", "tcg,tb-size=24,thread=single", "cortex-a72", reason);
}
