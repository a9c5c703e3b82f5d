namespace Lab.Benchmarks;

/// <summary>The moments of a boot that both sides are timed to.</summary>
internal enum Moment
{
    FirstByte,
    Firmware,
    LinuxBoot,
    Target,
    Attestation,
}
