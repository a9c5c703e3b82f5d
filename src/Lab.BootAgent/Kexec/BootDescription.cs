using System.Buffers.Binary;
using System.Text;

namespace Lab.BootAgent.Kexec;

/// <summary>Turns our own device tree into the next kernel's.</summary>
internal static class BootDescription
{
    /// <summary>Longest command line an arm64 kernel takes, bytes (COMMAND_LINE_SIZE, with its end).</summary>
    public const int CommandLineLimit = 2048;

    private static readonly string[] OnlyOurs =
    [
        "kaslr-seed", // used up by us
        "rng-seed",
        "linux,elfcorehdr",
        "linux,usable-memory-range",
        "linux,initrd-start",
        "linux,initrd-end",
    ];

    /// <summary>
    /// Rewrites /chosen. The <c>linux,uefi-*</c> properties stay: through them the next kernel finds the memory map and the firmware's
    /// event log.
    /// </summary>
    /// <param name="blob">Our device tree, <c>/sys/firmware/fdt</c>.</param>
    /// <param name="commandLine">The command line, used byte for byte.</param>
    /// <param name="initrd">Physical start and end of the initrd.</param>
    /// <param name="seed">Fresh random bytes for the next kernel's generator.</param>
    /// <exception cref="FormatException">The tree is broken, or the command line too long or not one line of text.</exception>
    public static byte[] Rewrite(
        ReadOnlySpan<byte> blob,
        ReadOnlySpan<byte> commandLine,
        (ulong Start, ulong End) initrd,
        ReadOnlySpan<byte> seed
    )
    {
        CheckCommandLine(commandLine);
        var tree = DeviceTree.Parse(blob);
        var chosen = tree.Root.Child("chosen");
        foreach (var property in OnlyOurs)
            chosen.Remove(property);
        chosen.Set("bootargs", [.. commandLine, 0]);
        chosen.Set("linux,initrd-start", Address(initrd.Start));
        chosen.Set("linux,initrd-end", Address(initrd.End));
        chosen.Set("rng-seed", seed.ToArray());
        var rewritten = tree.ToBytes();
        return rewritten.Length <= DeviceTree.SizeLimit
            ? rewritten
            : throw new FormatException($"device tree of {rewritten.Length} bytes");
    }

    /// <exception cref="FormatException">The command line would reach the kernel otherwise than it was measured.</exception>
    public static void CheckCommandLine(ReadOnlySpan<byte> commandLine)
    {
        if (commandLine.Length >= CommandLineLimit)
            throw new FormatException($"a command line of {commandLine.Length} bytes; fewer than {CommandLineLimit} fit");
        if (commandLine.ContainsAny((byte)0, (byte)'\n', (byte)'\r'))
            throw new FormatException("a command line of more than one line");
        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(commandLine);
    }

    private static byte[] Address(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
