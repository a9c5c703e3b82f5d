using System.Buffers.Binary;

namespace Lab.BootAgent.Kexec;

/// <summary>The header of an arm64 kernel (Linux: Documentation/arch/arm64/booting.rst, section 4).</summary>
/// <param name="TextOffset">Where the image goes, bytes from a 2 MiB boundary.</param>
/// <param name="ImageSize">The memory it needs from there on, bytes, with what it clears itself.</param>
internal sealed record Arm64Image(ulong TextOffset, ulong ImageSize)
{
    /// <summary>The alignment of the base that the text offset counts from, bytes.</summary>
    public const ulong BaseAlignment = 0x200000;

    private const int HeaderSize = 64;
    private const uint Magic = 0x644D5241; // "ARM\x64"
    private const ulong BigEndianFlag = 1;

    /// <summary>More than any kernel, bytes.</summary>
    private const ulong SizeLimit = 1UL << 30;

    /// <summary>Reads the header of a kernel of the given length.</summary>
    /// <exception cref="FormatException">Not an uncompressed little-endian arm64 kernel, or one that contradicts itself.</exception>
    public static Arm64Image Parse(ReadOnlySpan<byte> kernel)
    {
        if (kernel.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(kernel[56..]) != Magic)
            throw new FormatException("not an uncompressed arm64 kernel image");
        var textOffset = BinaryPrimitives.ReadUInt64LittleEndian(kernel[8..]);
        var imageSize = BinaryPrimitives.ReadUInt64LittleEndian(kernel[16..]);
        var flags = BinaryPrimitives.ReadUInt64LittleEndian(kernel[24..]);
        if ((flags & BigEndianFlag) != 0)
            throw new FormatException("a big-endian kernel");
        if (textOffset >= BaseAlignment || textOffset % 4096 != 0)
            throw new FormatException($"text offset 0x{textOffset:x}");
        if (imageSize < (ulong)kernel.Length || imageSize > SizeLimit)
            throw new FormatException($"image size 0x{imageSize:x} for a file of 0x{kernel.Length:x} bytes");
        return new Arm64Image(textOffset, imageSize);
    }
}
