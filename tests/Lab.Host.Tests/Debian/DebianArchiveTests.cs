using System.Text.Json;
using Lab.Host.Debian;
using Lab.Model.Errors;

namespace Lab.Host.Tests.Debian;

internal sealed class DebianArchiveTests
{
    private static readonly string Digest = new('a', 64);

    private string _cache = "";

    [SetUp]
    public void Make_a_folder() => _cache = Directory.CreateTempSubdirectory("hwlab-debian-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(_cache, recursive: true);

    [Test]
    public void Dependencies_are_the_first_alternatives_without_versions() =>
        Assert.That(
            DebianArchive.DependencyNames("libc6 (>= 2.38), default-mta | mail-transport-agent, libfoo:any, libc6 (<< 3),"),
            Is.EqualTo(["libc6", "default-mta", "libfoo"])
        );

    [Test]
    public void Nothing_is_cached_at_first() =>
        Assert.That(new DebianArchive(_cache).FindCached([new PackageRequest("trixie", "hello")]), Is.Null);

    [Test]
    public void What_was_fetched_is_found_without_the_network()
    {
        string folder = Remember("hello", "");
        IReadOnlyList<DebianPackage>? found = new DebianArchive(_cache).FindCached([new PackageRequest("trixie", "hello")]);
        Assert.That(found, Has.Count.EqualTo(1));
        Assert.That(found![0].PathOf("/usr/bin/hello"), Is.EqualTo(Path.Combine(folder, "usr/bin/hello")));
    }

    [Test]
    public void Another_architecture_is_another_package()
    {
        Remember("hello", "");
        var request = new PackageRequest("trixie", "hello") { Architecture = "amd64" };
        Assert.That(new DebianArchive(_cache).FindCached([request]), Is.Null);
    }

    [Test]
    public void What_is_discarded_counts_as_missing()
    {
        Remember("hello", "");
        var archive = new DebianArchive(_cache);
        archive.Discard(archive.FindCached([new PackageRequest("trixie", "hello")])!);
        Assert.That(archive.FindCached([new PackageRequest("trixie", "hello")]), Is.Null);
    }

    [Test]
    public void A_followed_package_that_is_missing_counts_as_missing()
    {
        Remember("hello", "libc6 (>= 2.38)");
        var archive = new DebianArchive(_cache);
        Assert.That(archive.FindCached([new PackageRequest("trixie", "hello")]), Is.Not.Null);
        Assert.That(archive.FindCached([new PackageRequest("trixie", "hello", "lib")]), Is.Null);
    }

    [Test]
    public void A_lost_folder_counts_as_missing()
    {
        Directory.Delete(Remember("hello", ""));
        Assert.That(new DebianArchive(_cache).FindCached([new PackageRequest("trixie", "hello")]), Is.Null);
    }

    [Test]
    public void A_damaged_manifest_counts_as_empty()
    {
        Remember("hello", "");
        File.WriteAllText(Path.Combine(_cache, "debian", "packages.json"), "[{");
        Assert.That(new DebianArchive(_cache).FindCached([new PackageRequest("trixie", "hello")]), Is.Null);
    }

    [TestCase("E: Failed to fetch x  Could not resolve 'mirror.example'", "cannot be resolved")]
    [TestCase("E: Failed to fetch x  Could not connect to mirror.example:80", "cannot be reached")]
    [TestCase("E: The repository 'http://mirror.example trixie InRelease' is not signed.", "not signed")]
    [TestCase("W: GPG error: NO_PUBKEY 0123\nE: The repository is not signed.", "does not know")]
    [TestCase("E: Write error - write (28: No space left on device)", "disk is full")]
    [TestCase("E: Something new", "Something new")]
    public void Apts_words_become_what_happened_and_what_to_do(string errors, string expected)
    {
        LabException explained = AptFailure.Explain(errors, "http://mirror.example trixie", "/cache");
        Assert.That(explained.What, Does.Contain(expected));
        Assert.That(explained.Remedy, Is.Not.Empty);
    }

    [Test]
    public void Control_files_join_their_continuation_lines()
    {
        IReadOnlyDictionary<string, string>[] stanzas =
        [
            .. ControlFile.Parse("Package: a\nDepends: x,\n y\n\n\npackage: b\r\nEmpty:\n"),
        ];
        Assert.That(stanzas, Has.Length.EqualTo(2));
        Assert.That(stanzas[0]["Depends"], Is.EqualTo("x,\ny"));
        Assert.That(stanzas[1]["Package"], Is.EqualTo("b"));
    }

    private string Remember(string name, string depends)
    {
        string root = Directory.CreateDirectory(Path.Combine(_cache, "debian")).FullName;
        object[] packages =
        [
            new
            {
                suite = "trixie",
                name,
                version = "1",
                sha256 = Digest,
                size = 1,
                depends,
            },
        ];
        File.WriteAllBytes(Path.Combine(root, "packages.json"), JsonSerializer.SerializeToUtf8Bytes(packages));
        return Directory.CreateDirectory(Path.Combine(root, "packages", $"{name}-{Digest[..16]}")).FullName;
    }
}
