using Lab.Emulation.Images;
using NUnit.Framework;

namespace Lab.Emulation.Tests.Images;

internal sealed class BinaryReadersTests
{
    [Test]
    public void A_programs_libraries_are_read_from_the_program()
    {
        byte[] program = File.ReadAllBytes(Environment.ProcessPath!);
        Assert.That(ElfLibraries.Needs(program), Has.Some.StartsWith("libc.so"));
    }

    [Test]
    public void Damage_to_a_program_ends_in_names_or_a_refusal()
    {
        byte[] program = File.ReadAllBytes(Environment.ProcessPath!);
        var random = new Random(20260102);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] damaged = [.. program.AsSpan(0, random.Next(2) == 0 ? program.Length : random.Next(program.Length))];
            for (int change = 0; change < 4 && damaged.Length > 0; change++)
            {
                damaged[random.Next(Math.Min(damaged.Length, 1024))] = (byte)random.Next(256);
            }

            try
            {
                Assert.That(ElfLibraries.Needs(damaged), Is.Not.Null);
            }
            catch (InvalidDataException)
            {
                // The one answer that damage may have.
            }
        }
    }

    [Test]
    public void What_a_module_needs_is_in_the_module()
    {
        Assert.Multiple(() =>
        {
            Assert.That(KernelModules.ReadDepends("x\0depends=net-failover,tpm\0y"u8), Is.EqualTo(["net_failover", "tpm"]));
            Assert.That(KernelModules.ReadDepends("x\0depends=\0y"u8), Is.Empty);
            Assert.That(KernelModules.ReadDepends("nothing"u8), Is.Empty);
            Assert.That(KernelModules.ReadDepends("x\0depends=no-end"u8), Is.Empty);
        });
    }

    [Test]
    public async Task Compressing_twice_gives_the_same_bytes()
    {
        byte[] content = new byte[100_000];
        new Random(1).NextBytes(content.AsSpan(0, 20_000));
        byte[] once = await Compression.ZstdAsync(content, 19, CancellationToken.None);
        Assert.That(await Compression.ZstdAsync(content, 19, CancellationToken.None), Is.EqualTo(once));
        Assert.That(once, Has.Length.LessThan(content.Length));
    }
}
