using System.Runtime.InteropServices;
using Lab.Host.Processes;
using Lab.Host.Storage;
using Lab.Model.Errors;

namespace Lab.Emulation.Qemu;

/// <summary>
/// Chooses what runs the boards' processors, by running something on it. That <c>/dev/kvm</c> can be opened says little: under nested
/// virtualisation guests may die in it, or run a thousand times slower than translated ones.
/// </summary>
public static class AcceleratorProbe
{
    private const string KernelDevice = "/dev/kvm";

    // Translated, the probe takes some 0.2 s with QEMU's own start; what takes longer than this is no acceleration.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The smallest guest that shows that a processor runs: 12.5 million loops, then PSCI SYSTEM_OFF. A64 code, run from flash.</summary>
    private static ReadOnlySpan<uint> Guest =>
        [
            0xD2A017C1, // movz x1, #0xBE, lsl #16
            0xF1000421, // loop: subs x1, x1, #1
            0x54FFFFE1, // b.ne loop
            0x52800100, // movz w0, #0x0008
            0x72B08000, // movk w0, #0x8400, lsl #16 : SYSTEM_OFF, PSCI (DEN0022) 5.9
            0xD4000002, // hvc #0
            0x14000000, // b .
        ];

    /// <summary>KVM where it runs the probe fast enough, else QEMU's translator; the reason says why.</summary>
    public static async Task<Accelerator> ChooseAsync(
        LabFolders folders,
        ProcessOwner owner,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var architecture = RuntimeInformation.OSArchitecture;
        if (architecture != Architecture.Arm64)
            return Accelerator.Translator($"the board is Arm64, the host {architecture}");
        if (!CanOpen(KernelDevice))
            return Accelerator.Translator($"{KernelDevice} cannot be opened");
        var hardware = new Accelerator("kvm", "kvm", "host", "");
        var obstacle = await RunAsync(hardware, folders, owner, time, cancellationToken);
        return obstacle is null
            ? hardware with
            {
                Reason = "a probe guest ran in it at full speed",
            }
            : Accelerator.Translator($"a probe guest in KVM {obstacle}");
    }

    /// <summary>Runs the probe guest.</summary>
    /// <returns>Null when it ran to its end in time, else what it did instead.</returns>
    internal static async Task<string?> RunAsync(
        Accelerator accelerator,
        LabFolders folders,
        ProcessOwner owner,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var folder = folders.CreateSocketFolder();
        owner.OwnPath(folder);
        try
        {
            var image = Path.Combine(folder, "probe.bin");
            await File.WriteAllBytesAsync(image, MemoryMarshal.AsBytes(Guest).ToArray(), cancellationToken);
            // Not stopped: it is to run at once.
            var line = QemuCommandLine.Virt("hwlab-probe", accelerator, processors: 1, memoryMebibytes: 64).WithFirmware(image);
            var command = new ProcessCommand(QemuCommandLine.Program, line.Arguments.Remove("-S", StringComparer.Ordinal));
            await using var guest = await owner.StartAsync(command, cancellationToken);
            try
            {
                var code = await guest.Exited.WaitAsync(Limit, time, cancellationToken);
                return code == 0 ? null : $"died: {string.Join(' ', guest.LastLines)}";
            }
            catch (TimeoutException)
            {
                await guest.KillAsync();
                return $"did not end within {Limit.TotalSeconds} s";
            }
        }
        catch (LabException exception)
        {
            return $"could not be started: {exception.What}";
        }
        finally
        {
            owner.RemovePath(folder);
        }
    }

    private static bool CanOpen(string path)
    {
        try
        {
            File.Open(path, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
