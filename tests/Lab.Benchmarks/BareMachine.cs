using Lab.Emulation.Qemu;

namespace Lab.Benchmarks;

/// <summary>A virtual machine like the lab's board.</summary>
internal sealed record BareMachine(Accelerator Accelerator, int MemoryMebibytes, int Processors);
