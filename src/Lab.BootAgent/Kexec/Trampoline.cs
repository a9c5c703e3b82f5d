using System.Buffers.Binary;

namespace Lab.BootAgent.Kexec;

/// <summary>
/// What the old kernel jumps to: kexec_load on arm64 promises nothing about registers, and a kernel wants its device tree in x0 and
/// zeros in x1 to x3 (booting.rst, section 4).
/// </summary>
internal static class Trampoline
{
    /// <summary>Its length, bytes.</summary>
    public const int Size = 40;

    /// <summary>The code for a kernel and a device tree at these physical addresses.</summary>
    public static byte[] Build(ulong kernel, ulong deviceTree)
    {
        var code = new byte[Size];
        ReadOnlySpan<uint> instructions =
        [
            0x580000C4, // ldr x4, kernel
            0x580000E0, // ldr x0, deviceTree
            0xAA1F03E1, // mov x1, xzr
            0xAA1F03E2, // mov x2, xzr
            0xAA1F03E3, // mov x3, xzr
            0xD61F0080, // br x4
        ];
        for (var i = 0; i < instructions.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(4 * i), instructions[i]);
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(24), kernel);
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(32), deviceTree);
        return code;
    }
}
