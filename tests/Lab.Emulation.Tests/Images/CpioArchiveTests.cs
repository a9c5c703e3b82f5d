using System.Globalization;
using System.Text;
using Lab.Emulation.Images;
using NUnit.Framework;

namespace Lab.Emulation.Tests.Images;

internal sealed class CpioArchiveTests
{
    [Test]
    public void What_goes_in_can_be_read_back()
    {
        byte[] archive = new CpioArchive()
            .CharacterDevice("dev/console", 5, 1)
            .File("init", [1, 2, 3], CpioArchive.Executable)
            .Text("etc/hwlab/modules", "/lib/a.ko\n")
            .Link("bin/sh", "busybox")
            .Directory("root", 0x1C0)
            .ToArray();
        Entry[] entries = [.. Read(archive)];
        Assert.Multiple(() =>
        {
            Assert.That(
                entries.Select(entry => entry.Name),
                Is.EqualTo(["dev", "dev/console", "init", "etc", "etc/hwlab", "etc/hwlab/modules", "bin", "bin/sh", "root"])
            );
            Assert.That(entries[1].Mode, Is.EqualTo(Octal("020600")));
            Assert.That(entries[2].Mode, Is.EqualTo(Octal("100755")));
            Assert.That(entries[2].Content, Is.EqualTo((byte[])[1, 2, 3]));
            Assert.That(Encoding.UTF8.GetString(entries[5].Content), Is.EqualTo("/lib/a.ko\n"));
            Assert.That(entries[7].Mode, Is.EqualTo(Octal("120777")));
            Assert.That(Encoding.UTF8.GetString(entries[7].Content), Is.EqualTo("busybox"));
            Assert.That(entries[8].Mode, Is.EqualTo(Octal("040700")));
            Assert.That(archive.Length % 512, Is.Zero);
        });
    }

    [Test]
    public void The_same_entries_give_the_same_bytes()
    {
        Assert.That(Build(), Is.EqualTo(Build()));

        static byte[] Build() => new CpioArchive().Text("a/b", "c").Link("d", "e").ToArray();
    }

    [TestCase("")]
    [TestCase("/")]
    [TestCase("a/../b")]
    [TestCase("a//b")]
    public void A_path_that_could_leave_the_archive_is_refused(string path) =>
        Assert.That(() => new CpioArchive().Text(path, ""), Throws.ArgumentException);

    [Test]
    public void A_path_cannot_be_added_twice() =>
        Assert.That(() => new CpioArchive().Text("a", "").Text("/a", ""), Throws.ArgumentException);

    private static uint Octal(string text) => Convert.ToUInt32(text, 8);

    private static IEnumerable<Entry> Read(byte[] archive)
    {
        int offset = 0;
        while (true)
        {
            Assert.That(Encoding.ASCII.GetString(archive, offset, 6), Is.EqualTo("070701"));
            uint[] fields =
            [
                .. Enumerable
                    .Range(0, 13)
                    .Select(field =>
                        uint.Parse(
                            Encoding.ASCII.GetString(archive, offset + 6 + field * 8, 8),
                            NumberStyles.HexNumber,
                            CultureInfo.InvariantCulture
                        )
                    ),
            ];
            string name = Encoding.UTF8.GetString(archive, offset + 110, (int)fields[11] - 1);
            int start = Align(offset + 110 + (int)fields[11]);
            if (name == "TRAILER!!!")
            {
                yield break;
            }

            yield return new Entry(name, fields[1], archive[start..(start + (int)fields[6])]);
            offset = Align(start + (int)fields[6]);
        }
    }

    private static int Align(int value) => (value + 3) / 4 * 4;

    private sealed record Entry(string Name, uint Mode, byte[] Content);
}
