using System.Text;
using Lab.Model.Errors;

namespace Lab.Scenarios.Attacks;

/// <summary>
/// Flips one bit of an artifact in a place that its loader does not look at: the board boots on, and only a measurement can notice.
/// </summary>
internal static class HarmlessFlip
{
    /// <summary>The first reserved field, <c>res2</c>, of an arm64 kernel image (Linux, Documentation/arch/arm64/booting.rst, section 4).</summary>
    private const int KernelReservedField = 32;

    /// <summary>The last digit of <c>c_mtime</c> in a newc header (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).</summary>
    private const int CpioTimeDigit = 53;

    /// <summary>The frame header descriptor; its bit 4 is unused and not to be interpreted (RFC 8878, section 3.1.1.1.1.3).</summary>
    private const int ZstandardDescriptor = 4;

    private static readonly byte[] ZstandardMagic = [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>A reserved header field of an arm64 kernel.</summary>
    public static byte[] Kernel(ReadOnlySpan<byte> kernel) => Flip(kernel, KernelReservedField, 1);

    /// <summary>A file's time in an uncompressed cpio archive, or the unused bit of a Zstandard frame.</summary>
    public static byte[] Initrd(ReadOnlySpan<byte> initrd) =>
        initrd.StartsWith("070701"u8) ? Flip(initrd, CpioTimeDigit, 1)
        : initrd.StartsWith(ZstandardMagic) ? Flip(initrd, ZstandardDescriptor, 1 << 4)
        : throw new LabException("the initrd is neither a cpio archive nor a Zstandard frame");

    /// <summary>The case of a letter in a word of the command line that only silences the kernel.</summary>
    public static byte[] CommandLine(ReadOnlySpan<byte> commandLine) => FlipCase(commandLine, "quiet");

    /// <summary>The case of a letter in a message that the firmware prints for unknown commands only.</summary>
    public static byte[] Firmware(ReadOnlySpan<byte> firmware) => FlipCase(firmware, "Unknown command");

    private static byte[] FlipCase(ReadOnlySpan<byte> artifact, string word)
    {
        var start = artifact.IndexOf(Encoding.ASCII.GetBytes(word));
        return start < 0 ? throw new LabException($"'{word}' is not in the artifact to be altered") : Flip(artifact, start, 0x20);
    }

    private static byte[] Flip(ReadOnlySpan<byte> artifact, int offset, byte mask)
    {
        var altered = artifact.ToArray();
        altered[offset] ^= mask;
        return altered;
    }
}
