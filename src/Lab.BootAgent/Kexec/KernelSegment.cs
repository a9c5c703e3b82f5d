using System.Runtime.InteropServices;

namespace Lab.BootAgent.Kexec;

/// <summary>struct kexec_segment (include/uapi/linux/kexec.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelSegment
{
    /// <summary>The bytes in this process.</summary>
    public void* Buffer;

    /// <summary>How many there are.</summary>
    public nuint BufferSize;

    /// <summary>Their physical address; a page's.</summary>
    public nuint Memory;

    /// <summary>The memory they take, whole pages; the rest is cleared.</summary>
    public nuint MemorySize;
}
