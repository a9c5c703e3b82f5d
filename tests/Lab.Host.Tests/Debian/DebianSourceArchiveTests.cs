using System.Text.Json;
using Lab.Host.Debian;

namespace Lab.Host.Tests.Debian;

internal sealed class DebianSourceArchiveTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private string _cache = "";

    [SetUp]
    public void Make_a_folder() => _cache = Directory.CreateTempSubdirectory("hwlab-debian-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_cache, recursive: true);

    [Test]
    public void Nothing_is_cached_at_first() =>
        Assert.That(new DebianSourceArchive(_cache).FindCached("bookworm", "hello"), Is.Null);

    [Test]
    public void What_was_fetched_is_found_without_the_network()
    {
        Remember("hello_1.dsc", "hello_1.orig.tar.gz");
        DebianSource? found = new DebianSourceArchive(_cache).FindCached("bookworm", "hello");
        Assert.That(found?.Find(".orig.tar.gz"), Does.EndWith("bookworm-hello/hello_1.orig.tar.gz"));
        Assert.That(found?.Find(".orig.tar.xz"), Is.Null);
    }

    [Test]
    public void A_lost_file_counts_as_missing()
    {
        string folder = Remember("hello_1.dsc", "hello_1.orig.tar.gz");
        File.Delete(Path.Combine(folder, "hello_1.dsc"));
        Assert.That(new DebianSourceArchive(_cache).FindCached("bookworm", "hello"), Is.Null);
    }

    [Test]
    public void Files_are_read_from_the_index_and_none_may_leave_its_folder()
    {
        IReadOnlyDictionary<string, string> files = DebianSourceArchive.FilesOf(
            ControlFile
                .Parse(
                    """
                    Package: hello
                    Checksums-Sha256:
                     aa 12 hello_1.dsc
                     bb 345 hello_1.orig.tar.gz
                     cc 6 ../../etc/passwd
                     dd odd
                    """
                )
                .Single()
        );
        Assert.That(
            files,
            Is.EquivalentTo(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["hello_1.dsc"] = "aa", ["hello_1.orig.tar.gz"] = "bb" }
            )
        );
    }

    private string Remember(params string[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_cache, "debian", "sources", "bookworm-hello")).FullName;
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(folder, file), "");
        }

        var source = new DebianSource(
            "bookworm",
            "hello",
            "1",
            files.ToDictionary(file => file, _ => "aa", StringComparer.Ordinal)
        );
        File.WriteAllBytes(Path.Combine(folder, "source.json"), JsonSerializer.SerializeToUtf8Bytes(source, Web));
        return folder;
    }
}
