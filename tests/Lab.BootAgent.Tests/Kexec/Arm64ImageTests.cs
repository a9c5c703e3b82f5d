using System.Buffers.Binary;
using Lab.BootAgent.Kexec;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Kexec;

internal sealed class Arm64ImageTests
{
    [Test]
    public void I_can_read_a_kernel_header() => Assert.That(Arm64Image.Parse(Kernel()), Is.EqualTo(new Arm64Image(0, 0x20_0000)));

    private static IEnumerable<TestCaseData> Hostile()
    {
        yield return new TestCaseData(Array.Empty<byte>()).SetName("Nothing");
        yield return new TestCaseData(Kernel()[..63]).SetName("Half_a_header");
        yield return new TestCaseData("\x1f\x8b compressed"u8.ToArray().Concat(new byte[64]).ToArray()).SetName("Compressed");
        yield return new TestCaseData(Kernel(flags: 1)).SetName("Big_endian");
        yield return new TestCaseData(Kernel(textOffset: 0x20_0000)).SetName("A_text_offset_beyond_its_block");
        yield return new TestCaseData(Kernel(textOffset: 1)).SetName("A_crooked_text_offset");
        yield return new TestCaseData(Kernel(imageSize: 0)).SetName("No_size");
        yield return new TestCaseData(Kernel(imageSize: ulong.MaxValue)).SetName("An_endless_size");
    }

    [TestCaseSource(nameof(Hostile))]
    public void What_is_no_kernel_is_refused(byte[] kernel) =>
        Assert.That(() => Arm64Image.Parse(kernel), Throws.TypeOf<FormatException>());

    [Test]
    public void The_trampoline_holds_both_addresses_behind_its_code()
    {
        var code = Trampoline.Build(0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00);
        // Checked once with a disassembler: ldr x4, +24; ldr x0, +28; mov x1..x3, xzr; br x4.
        Assert.That(Convert.ToHexString(code[..24]), Is.EqualTo("C4000058E0000058E1031FAAE2031FAAE3031FAA80001FD6"));
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(code.AsSpan(24)), Is.EqualTo(0x1122_3344_5566_7788));
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(code.AsSpan(32)), Is.EqualTo(0x99AA_BBCC_DDEE_FF00));
    }

    internal static byte[] Kernel(ulong textOffset = 0, ulong imageSize = 0x20_0000, ulong flags = 0xA)
    {
        var kernel = new byte[4096];
        BinaryPrimitives.WriteUInt64LittleEndian(kernel.AsSpan(8), textOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(kernel.AsSpan(16), imageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(kernel.AsSpan(24), flags);
        "ARM\x64"u8.CopyTo(kernel.AsSpan(56));
        return kernel;
    }
}
