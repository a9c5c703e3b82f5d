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

    /// <summary>Loads kernel, initrd, handover archive and device tree; nothing runs yet.</summary>
    /// <exception cref="FormatException">Something does not fit or is malformed.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe void Load(NativeBuffer kernel, NativeBuffer initrd, ReadOnlySpan<byte> commandLine, byte[] handover)
    {
        var image = Arm64Image.Parse(kernel.Span);
        var memory = MemoryMap.Parse(File.ReadAllText("/proc/iomem"));
        var page = Environment.SystemPageSize;
        var plan = KexecPlan.Make(memory, image, initrd.Length, handover.Length, page);
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
            var segments = stackalloc KernelSegment[5];
            segments[0] = Segment(kernel.Address, kernel.Length, plan.Kernel);
            segments[1] = Segment(initrd.Address, initrd.Length, plan.Initrd);
            segments[2] = Segment(handoverBytes, handover.Length, plan.Handover);
            segments[3] = Segment(deviceTreeBytes, deviceTree.Length, plan.DeviceTree);
            segments[4] = Segment(trampolineBytes, trampoline.Length, plan.Trampoline);
            if (Libc.LoadKernel(KexecLoadCall, (nuint)plan.Trampoline.Start, 5, segments, ArchitectureArm64) != 0)
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
