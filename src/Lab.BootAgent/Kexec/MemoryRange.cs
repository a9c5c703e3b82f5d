using System.Runtime.InteropServices;

namespace Lab.BootAgent.Kexec;

/// <summary>Physical memory from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryRange(ulong Start, ulong End)
{
    public ulong Size => End - Start;
}
