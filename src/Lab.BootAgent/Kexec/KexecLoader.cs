using System.Security.Cryptography;
using Lab.BootAgent.Fetch;
using Lab.BootAgent.Interop;

namespace Lab.BootAgent.Kexec;

/// <summary>Gives the next system to the kernel, by kexec_load: Debian's arm64 kernels have no kexec_file_load.</summary>
internal static class KexecLoader
{
    private const nint KexecLoadCall = 104; // include/uapi/asm-generic/unistd.h
    private const nuint ArchitectureArm64 = 183 << 16; // KEXEC_ARCH_AARCH64
    private const int SeedSize = 64;

    private const int SegmentLimit = 16; // KEXEC_SEGMENT_MAX

    /// <summary>Loads kernel, initrd, root, handover archive and device tree; nothing runs yet.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="initrd">An archive, compressed or not.</param>
    /// <param name="root">An archive that follows it, null if there is none.</param>
    /// <param name="commandLine">For the kernel.</param>
    /// <param name="handover">The last archive.</param>
    /// <exception cref="FormatException">Something does not fit or is malformed.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe void Load(
        NativeBuffer kernel,
        NativeBuffer initrd,
        NativeBuffer? root,
        ReadOnlySpan<byte> commandLine,
        byte[] handover
    )
    {
        var image = Arm64Image.Parse(kernel.Span);
        var memory = MemoryMap.Parse(File.ReadAllText("/proc/iomem"));
        var page = Environment.SystemPageSize;
        var plan = KexecPlan.Make(memory, image, initrd.Length, root?.Length ?? 0, handover.Length, page);
        var deviceTree = BootDescription.Rewrite(
            File.ReadAllBytes("/sys/firmware/fdt"),
            commandLine,
            (plan.Initrd.Start, plan.Handover.Start + (ulong)handover.Length),
            RandomNumberGenerator.GetBytes(SeedSize)
        );
        var trampoline = Trampoline.Build(plan.Kernel.Start, plan.DeviceTree.Start);
        fixed (
            byte* handoverBytes = handover,
                deviceTreeBytes = deviceTree,
                trampolineBytes = trampoline
        )
        {
            var segments = stackalloc KernelSegment[SegmentLimit];
            nuint count = 0;
            segments[count++] = Segment(kernel.Address, kernel.Length, plan.Kernel);
            segments[count++] = Segment(initrd.Address, initrd.Length, plan.Initrd);
            if (root is not null)
                segments[count++] = Segment(root.Address, root.Length, plan.Root);
            segments[count++] = Segment(handoverBytes, handover.Length, plan.Handover);
            segments[count++] = Segment(deviceTreeBytes, deviceTree.Length, plan.DeviceTree);
            segments[count++] = Segment(trampolineBytes, trampoline.Length, plan.Trampoline);
            if (Libc.LoadKernel(KexecLoadCall, (nuint)plan.Trampoline.Start, count, segments, ArchitectureArm64) != 0)
                throw LinuxException.Last("kexec_load");
        }
    }

    private static unsafe KernelSegment Segment(void* buffer, int length, MemoryRange range) =>
        new()
        {
            Buffer = buffer,
            BufferSize = (nuint)length,
            Memory = (nuint)range.Start,
            MemorySize = (nuint)range.Size,
        };
}
