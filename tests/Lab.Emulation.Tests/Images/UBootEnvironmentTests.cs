using System.Buffers.Binary;
using System.Text;
using Lab.Emulation.Images;
using NUnit.Framework;

namespace Lab.Emulation.Tests.Images;

internal sealed class UBootEnvironmentTests
{
    [Test]
    public void The_checksum_is_zlibs_over_everything_behind_it()
    {
        byte[] image = UBootEnvironment.Encode(UBootEnvironment.Netboot("52:54:00:12:34:56"));
        Assert.That(image, Has.Length.EqualTo(UBootEnvironment.Size));
        Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(image), Is.EqualTo(Crc32(image.AsSpan(4))));
    }

    [Test]
    public void A_board_netboots_with_its_own_address()
    {
        string text = Text(UBootEnvironment.Netboot("52:54:00:12:34:56"));
        Assert.That(text, Does.Contain("\0ethaddr=52:54:00:12:34:56\0").And.Contain("bootcmd=dhcp && tftpboot"));
        Assert.That(text, Does.Not.Contain("bootargs="));
        Assert.That(Text(UBootEnvironment.Netboot("52:54:00:12:34:56", "single")), Does.Contain("\0bootargs=single\0"));
    }

    [Test]
    public void The_flash_is_a_sparse_file_of_a_whole_bank()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"env-{Guid.NewGuid():N}.img");
        try
        {
            byte[] image = UBootEnvironment.Encode(UBootEnvironment.Netboot("52:54:00:12:34:56"));
            Assert.That(async () => await UBootEnvironment.WriteFlashAsync(path, image, CancellationToken.None), Throws.Nothing);
            Assert.That(new FileInfo(path).Length, Is.EqualTo(UBootEnvironment.FlashSize));
            Assert.That(File.ReadAllBytes(path).AsSpan(0, image.Length).SequenceEqual(image));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("a=b", "c")]
    [TestCase("", "c")]
    [TestCase("a", "b\0c")]
    public void A_variable_that_would_make_another_is_refused(string name, string value) =>
        Assert.That(
            () => UBootEnvironment.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value }),
            Throws.ArgumentException
        );

    [Test]
    public void Too_much_is_refused() =>
        Assert.That(
            () =>
                UBootEnvironment.Encode(
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = new('x', UBootEnvironment.Size) }
                ),
            Throws.ArgumentException
        );

    private static string Text(IReadOnlyDictionary<string, string> variables) =>
        Encoding.ASCII.GetString(UBootEnvironment.Encode(variables));

    // By table, where the code under test goes bit by bit.
    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint[] table = new uint[256];
        for (uint index = 0; index < 256; index++)
        {
            uint value = index;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[index] = value;
        }

        uint crc = 0xFFFFFFFF;
        foreach (byte one in data)
        {
            crc = table[(crc ^ one) & 0xFF] ^ (crc >> 8);
        }

        return crc ^ 0xFFFFFFFF;
    }
}
