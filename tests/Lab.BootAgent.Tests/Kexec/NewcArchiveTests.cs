using System.Diagnostics;
using Lab.BootAgent.Kexec;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Kexec;

internal sealed class NewcArchiveTests
{
    [Test]
    public void The_archive_is_made_of_aligned_entries_and_a_trailer()
    {
        var archive = new NewcArchive().File("a/b", "hello"u8).ToBytes();
        Assert.That(archive.Length % 4, Is.Zero);
        Assert.That(System.Text.Encoding.ASCII.GetString(archive, 0, 6), Is.EqualTo("070701"));
        Assert.That(System.Text.Encoding.ASCII.GetString(archive), Does.Contain("TRAILER!!!\0"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4)]
    [TestCase(4099)]
    public void A_frame_around_content_is_the_archive_of_that_content(int size)
    {
        var content = Enumerable.Range(0, size).Select(each => (byte)each).ToArray();
        var (head, tail) = new NewcArchive().Around("a/b/root", size);
        byte[] framed = [.. head, .. content, .. tail];
        var whole = new NewcArchive().File("a/b/root", content).ToBytes();
        Assert.That(framed, Has.Length.EqualTo(whole.Length));
        // The trailer's inode number, which nothing reads, is the only difference.
        Assert.That(framed.Zip(whole).Count(pair => pair.First != pair.Second), Is.LessThanOrEqualTo(8));
    }

    [Test]
    public void Another_program_unpacks_it()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        if (!path.Split(':').Any(place => File.Exists(Path.Combine(place, "cpio"))))
            Assert.Ignore("cpio is not installed.");
        var folder = Directory.CreateTempSubdirectory("hwlab-cpio-");
        try
        {
            var log = Enumerable.Range(0, 5001).Select(each => (byte)each).ToArray();
            var archive = new NewcArchive().File("var/lib/hwlab/eventlog", log).File("var/lib/hwlab/boot.json", "{}"u8).ToBytes();
            var start = new ProcessStartInfo("cpio", "-idm --quiet")
            {
                WorkingDirectory = folder.FullName,
                UseShellExecute = false,
                RedirectStandardInput = true,
            };
            using var cpio = Process.Start(start)!;
            cpio.StandardInput.BaseStream.Write(archive);
            cpio.StandardInput.Close();
            cpio.WaitForExit();
            Assert.That(cpio.ExitCode, Is.Zero);
            var file = Path.Combine(folder.FullName, "var/lib/hwlab/eventlog");
            Assert.That(File.ReadAllBytes(file), Is.EqualTo(log));
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead));
            Assert.That(File.ReadAllText(Path.Combine(folder.FullName, "var/lib/hwlab/boot.json")), Is.EqualTo("{}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
