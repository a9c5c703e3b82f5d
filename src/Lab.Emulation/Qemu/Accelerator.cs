namespace Lab.Emulation.Qemu;

/// <summary>What runs a board's processor.</summary>
/// <param name="Name">The accelerator's name, for the run's record.</param>
/// <param name="Option">The value of QEMU's <c>-accel</c>.</param>
/// <param name="Processor">The value of QEMU's <c>-cpu</c> that goes with it.</param>
/// <param name="Reason">Why this one.</param>
public sealed record Accelerator(string Name, string Option, string Processor, string Reason)
{
    /// <summary>
    /// QEMU's translator. A Kubernetes node's programs are translated over and over in a buffer of 24 MiB: a pod then takes 66 s to run instead
    /// of 12 s with 256 MiB, and 512 MiB gain nothing more (QEMU 7.2). One thread is faster than several for boards with one processor.
    /// </summary>
    public static Accelerator Translator(string reason) => new("tcg", "tcg,tb-size=256,thread=single", "cortex-a72", reason);
}
