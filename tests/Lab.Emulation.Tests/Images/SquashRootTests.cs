using System.Diagnostics;
using Lab.Emulation.Images;
using Lab.Host.Machine;

namespace Lab.Emulation.Tests.Images;

internal sealed class SquashRootTests
{
    private string _folder = "";

    [SetUp]
    public void Make_a_folder()
    {
        RealParts.Need("sqfstar", "unsquashfs");
        _folder = Directory.CreateTempSubdirectory("hwlab-squash-").FullName;
    }

    [TearDown]
    public void Remove_the_folder()
    {
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public async Task The_same_entries_give_the_same_bytes_in_whatever_order_they_came()
    {
        string source = Path.Combine(_folder, "source");
        await File.WriteAllBytesAsync(source, Enumerable.Range(0, 300_000).Select(each => (byte)(each * 7)).ToArray());
        byte[] first = await BuildAsync("one", [Big, Small, Link]);
        File.SetLastWriteTimeUtc(source, DateTime.UnixEpoch);
        byte[] second = await BuildAsync("two", [Link, Small, Big]);
        Assert.That(second, Is.EqualTo(first));

        void Big(SquashRoot root) =>
            root.AddFileAsync("usr/bin/big", source, CpioArchive.Executable, CancellationToken.None).GetAwaiter().GetResult();

        void Small(SquashRoot root) => root.AddFile("etc/small", "hello\n"u8.ToArray());

        void Link(SquashRoot root) => root.AddLink("bin", "usr/bin");
    }

    [Test]
    public async Task All_of_it_belongs_to_root_and_is_of_no_time()
    {
        await BuildAsync(
            "image",
            [root => root.AddFile("a/b", [1], CpioArchive.Executable), root => root.AddDirectory("c", 0x1C0)]
        );
        var start = new ProcessStartInfo(HostTools.Require("unsquashfs"), ["-lln", Path.Combine(_folder, "image")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["TZ"] = "UTC" },
        };
        using Process listing = Process.Start(start)!;
        string text = await listing.StandardOutput.ReadToEndAsync();
        string[] lines = [.. text.Split('\n').Where(line => line.Contains("squashfs-root", StringComparison.Ordinal))];
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines, Has.All.Contains(" 0/0 ").And.All.Contains("1970-01-01 00:00"));
        Assert.That(lines.Single(line => line.EndsWith("a/b", StringComparison.Ordinal)), Does.StartWith("-rwxr-xr-x"));
        Assert.That(lines.Single(line => line.EndsWith("/c", StringComparison.Ordinal)), Does.StartWith("drwx------"));
    }

    [TestCase("a")]
    [TestCase("../a")]
    [TestCase("")]
    public void A_path_is_plain_and_is_there_once(string path)
    {
        var root = new SquashRoot();
        root.AddFile("a", [1]);
        Assert.That(() => root.AddFile(path, [2]), Throws.ArgumentException);
    }

    private async Task<byte[]> BuildAsync(string name, IReadOnlyList<Action<SquashRoot>> steps)
    {
        var root = new SquashRoot();
        foreach (Action<SquashRoot> step in steps)
        {
            step(root);
        }

        string path = Path.Combine(_folder, name);
        await root.WriteAsync(path, CancellationToken.None);
        return await File.ReadAllBytesAsync(path);
    }
}
