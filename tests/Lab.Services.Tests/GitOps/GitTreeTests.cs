using System.Text;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

/// <summary>What a repository may hold, and what it is refused for.</summary>
public sealed class GitTreeTests
{
    [Test]
    public async Task Files_are_read_as_they_were_committed()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync(".gitattributes", "* text eol=crlf ident\n");
        await repository.CommitAsync("a/b.yaml", "x: $Id$\n");
        var commit = (await repository.FetchAsync()).Commit;
        var files = await repository.ReadTreeAsync(commit);
        Assert.That(files.Keys, Is.EqualTo(new[] { "a/b.yaml" }));
        Assert.That(Encoding.UTF8.GetString(files["a/b.yaml"]), Is.EqualTo("x: $Id$\n"), "no attribute has an effect");
    }

    [Test]
    public async Task What_never_belongs_into_an_artifact_and_what_is_ignored_is_left_out()
    {
        using var repository = await TestRepository.CreateAsync();
        foreach (var path in new[] { "a.yaml", "logo.png", "docs/x.md", ".github/ci.yml", "keep.md", "sub/deep/z.zip" })
        {
            await repository.CommitAsync(path, "1");
        }

        await repository.CommitAsync(".sourceignore", "docs/\n");
        var commit = (await repository.FetchAsync()).Commit;
        var files = await repository.ReadTreeAsync(commit, ignore: "*.md\n!keep.md\n.sourceignore\n");
        Assert.That(files.Keys, Is.EqualTo(new[] { "a.yaml", "keep.md" }));
    }

    [Test]
    public async Task A_link_to_a_file_of_the_repository_stands_for_it()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("base/a.yaml", "content");
        Directory.CreateDirectory(Path.Combine(repository.Folder, "over"));
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "over/a.yaml"), "../base/a.yaml");
        await repository.CommitAsync("b", "1");
        var files = await repository.ReadTreeAsync((await repository.FetchAsync()).Commit);
        Assert.That(Encoding.UTF8.GetString(files["over/a.yaml"]), Is.EqualTo("content"));
    }

    [TestCase("/etc/passwd", "out of the repository")]
    [TestCase("../../etc/passwd", "out of the repository")]
    [TestCase("nothing", "no file of the repository")]
    [TestCase("other", "no file of the repository")]
    [TestCase("folder", "no file of the repository")]
    public async Task A_link_to_anything_else_is_refused(string target, string message)
    {
        using var repository = await TestRepository.CreateAsync();
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "link.yaml"), target);
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "other"), "link.yaml");
        await repository.CommitAsync("folder/b", "1");
        var commit = (await repository.FetchAsync()).Commit;
        Assert.That(
            async () => await repository.ReadTreeAsync(commit),
            Throws
                .InstanceOf<SourceException>()
                .With.Property(nameof(SourceException.Reason))
                .EqualTo("HostileContent")
                .And.Message.Contains(message)
        );
    }

    [Test]
    public async Task A_submodule_is_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        var commit = await repository.CommitAsync("a", "1");
        await repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{commit},sub");
        await repository.GitAsync("commit", "--quiet", "-m", "sub");
        var head = (await repository.FetchAsync()).Commit;
        Assert.That(
            async () => await repository.ReadTreeAsync(head),
            Throws.InstanceOf<SourceException>().With.Message.Contains("a submodule at sub")
        );
    }

    [Test]
    public async Task Too_large_a_file_too_many_files_and_too_much_in_all_are_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", new string('x', 100));
        await repository.CommitAsync("b", new string('y', 100));
        var head = (await repository.FetchAsync()).Commit;
        foreach (
            var limits in new GitLimits[]
            {
                new() { File = 99 },
                new() { Files = 1 },
                new() { Total = 199 },
            }
        )
        {
            Assert.That(async () => await repository.ReadTreeAsync(head, limits), Throws.InstanceOf<SourceException>());
        }
    }

    [Test]
    public async Task A_server_cannot_fill_the_disk()
    {
        using var repository = await TestRepository.CreateAsync();
        var noise = new byte[3 << 20];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(repository.Folder, "big"), noise);
        await repository.CommitAsync("a", "1");
        var mirror = new GitMirror(new GitTool(repository.Work, 1 << 20), Path.Combine(repository.Work, "small.git"));
        Assert.That(
            async () => await mirror.FetchAsync(repository.Remote, TestRepository.Branch("main"), null, default),
            Throws.InstanceOf<SourceException>()
        );
    }

    [Test]
    public async Task Trees_that_git_itself_would_not_make_are_refused()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", "1");
        var blob = await repository.GitAsync("rev-parse", "HEAD:a");
        // A tree with an entry named "..", written byte by byte.
        var entry = Encoding.ASCII.GetBytes("100644 ..\0").Concat(Convert.FromHexString(blob)).ToArray();
        var file = repository.PathOf("tree");
        await File.WriteAllBytesAsync(file, entry);
        var tree = await repository.GitAsync("hash-object", "-t", "tree", "-w", "--literally", file);
        var commit = await repository.GitAsync("commit-tree", tree, "-m", "evil");
        await repository.GitAsync("update-ref", "refs/heads/main", commit);
        Assert.That(
            async () => await repository.ReadTreeAsync((await repository.FetchAsync()).Commit),
            Throws.InstanceOf<SourceException>()
        );
    }

    [TestCase("a/l", "b", "a/b")]
    [TestCase("a/l", "../b", "b")]
    [TestCase("a/l", "./b//c", "a/b/c")]
    [TestCase("l", "..", null)]
    [TestCase("l", "", null)]
    [TestCase("l", "/b", null)]
    [TestCase("a/b/l", "../../../c", null)]
    public void Links_are_followed_within_the_tree_only(string link, string target, string? expected) =>
        Assert.That(GitTree.Resolve(link, target), Is.EqualTo(expected));

    [TestCase("a/b.yaml", true)]
    [TestCase("a/..b", true)]
    [TestCase("", false)]
    [TestCase("/a", false)]
    [TestCase("a//b", false)]
    [TestCase("a/../b", false)]
    [TestCase("a/.", false)]
    [TestCase("a\nb", false)]
    public void Paths_that_lead_elsewhere_are_unsafe(string path, bool isSafe) =>
        Assert.That(GitTree.IsSafe(path), Is.EqualTo(isSafe));

    [Test]
    public void Names_that_no_file_system_takes_are_unsafe() => Assert.That(GitTree.IsSafe(new string('ä', 128)), Is.False);
}
