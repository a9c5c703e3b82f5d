namespace Lab.BootAgent.Kexec;

/// <summary>Where the parts of the next system go in physical memory.</summary>
/// <param name="Kernel">The kernel image.</param>
/// <param name="Initrd">The initrd as it was measured.</param>
/// <param name="Root">The archive behind the initrd, on the next page; the kernel skips the zeros between. Empty where there is none.</param>
/// <param name="Handover">The archive behind that, on the next page again.</param>
/// <param name="DeviceTree">The device tree; room for the largest one.</param>
/// <param name="Trampoline">The entry.</param>
internal sealed record KexecPlan(
    MemoryRange Kernel,
    MemoryRange Initrd,
    MemoryRange Root,
    MemoryRange Handover,
    MemoryRange DeviceTree,
    MemoryRange Trampoline
)
{
    /// <summary>Finds places for all parts.</summary>
    /// <param name="memory">The free memory; taken from.</param>
    /// <param name="image">The kernel's header.</param>
    /// <param name="initrdSize">Bytes.</param>
    /// <param name="rootSize">Bytes; 0 for none.</param>
    /// <param name="handoverSize">Bytes.</param>
    /// <param name="pageSize">Bytes.</param>
    /// <exception cref="FormatException">The memory does not suffice.</exception>
    public static KexecPlan Make(MemoryMap memory, Arm64Image image, int initrdSize, int rootSize, int handoverSize, int pageSize)
    {
        var page = (ulong)pageSize;
        var kernelSize = RoundUp(image.ImageSize, page);
        var kernel = memory.Take(kernelSize, Arm64Image.BaseAlignment, image.TextOffset);
        // In a block of its own: the kernel maps it in one piece, cacheable (booting.rst, section 2).
        var deviceTree = memory.Take(Kexec.DeviceTree.SizeLimit, Kexec.DeviceTree.SizeLimit);
        var initrdPages = RoundUp((ulong)initrdSize, page);
        var handoverPages = RoundUp((ulong)handoverSize, page);
        var rootPages = RoundUp((ulong)rootSize, page);
        var initrd = memory.Take(initrdPages + rootPages + handoverPages, page);
        var root = initrd + initrdPages;
        var handover = root + rootPages;
        var trampoline = memory.Take(page, page);
        return new KexecPlan(
            new MemoryRange(kernel, kernel + kernelSize),
            new MemoryRange(initrd, root),
            new MemoryRange(root, handover),
            new MemoryRange(handover, handover + handoverPages),
            new MemoryRange(deviceTree, deviceTree + Kexec.DeviceTree.SizeLimit),
            new MemoryRange(trampoline, trampoline + page)
        );
    }

    private static ulong RoundUp(ulong value, ulong unit) => (value + unit - 1) / unit * unit;
}
