using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

public sealed class GitMirrorTests
{
    [Test]
    public async Task A_branch_is_fetched_with_one_commit_only()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", "1");
        var head = await repository.CommitAsync("a", "2");
        var checkout = await repository.FetchAsync();
        Assert.That(checkout.Revision.ToString(), Is.EqualTo($"main@sha1:{head}"));
        Assert.That(checkout.Subject, Is.EqualTo("Change a"));
        Assert.That(
            await repository.Mirror.DescendsAsync(head, await repository.GitAsync("rev-parse", "HEAD~1"), default),
            Is.False
        );
    }

    [Test]
    public async Task Tags_versions_names_and_commits_are_fetched_under_their_own_name()
    {
        using var repository = await TestRepository.CreateAsync();
        var first = await repository.CommitAsync("a", "1");
        await repository.GitAsync("tag", "v1.0.0");
        var second = await repository.CommitAsync("a", "2");
        await repository.GitAsync("tag", "-a", "-m", "two", "v1.1.0");
        await repository.GitAsync("tag", "v2.0.0-rc.1");
        var tag = await repository.FetchAsync(new GitReference(null, "v1.0.0", null, null, null));
        var range = await repository.FetchAsync(new GitReference(null, null, ">=1.0.0", null, null));
        var name = await repository.FetchAsync(new GitReference(null, null, null, "refs/heads/main", null));
        var commit = await repository.FetchAsync(new GitReference(null, null, null, null, first));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tag.Revision.ToString(), Is.EqualTo($"v1.0.0@sha1:{first}"));
            Assert.That(tag.TagObject, Is.Null, "a lightweight tag is no object");
            Assert.That(range.Revision.ToString(), Is.EqualTo($"v1.1.0@sha1:{second}"));
            Assert.That(range.TagObject, Is.Not.Null);
            Assert.That(name.Revision.ToString(), Is.EqualTo($"refs/heads/main@sha1:{second}"));
            Assert.That(commit.Revision.ToString(), Is.EqualTo($"sha1:{first}"));
        }
    }

    [Test]
    public async Task A_new_head_is_seen_to_descend_from_the_accepted_one_and_a_rewritten_one_not_to()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", "1");
        var accepted = await repository.CommitAsync("a", "2");
        await repository.FetchAsync();
        await repository.Mirror.AcceptAsync(accepted, default);
        var next = await repository.CommitAsync("a", "3");
        Assert.That((await repository.FetchAsync(accepted: accepted)).Commit, Is.EqualTo(next));
        Assert.That(await repository.Mirror.DescendsAsync(next, accepted, default), Is.True);

        await repository.GitAsync("reset", "--quiet", "--hard", "HEAD~2");
        var rewritten = await repository.CommitAsync("a", "4");
        Assert.That((await repository.FetchAsync(accepted: accepted)).Commit, Is.EqualTo(rewritten));
        Assert.That(await repository.Mirror.DescendsAsync(rewritten, accepted, default), Is.False);
    }

    [Test]
    public async Task An_engine_that_lost_its_copy_still_sees_a_rewritten_history()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", "1");
        var accepted = await repository.CommitAsync("a", "2");
        var next = await repository.CommitAsync("a", "3");
        // Nothing was fetched before: the copy is new, only the accepted revision is known, from the object's status.
        await repository.FetchAsync(accepted: accepted);
        Assert.That(await repository.Mirror.DescendsAsync(next, accepted, default), Is.True);
        await repository.GitAsync("reset", "--quiet", "--hard", "HEAD~2");
        var rewritten = await repository.CommitAsync("a", "4");
        using var anew = new TestRepository();
        var mirror = new GitMirror(anew.Tool, Path.Combine(anew.Work, "other.git"));
        await mirror.FetchAsync(repository.Remote, TestRepository.Branch("main"), accepted, default);
        Assert.That(await mirror.DescendsAsync(rewritten, accepted, default), Is.False);
    }

    [Test]
    public async Task What_is_not_there_is_said()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("a", "1");
        Assert.That(
            async () => await repository.FetchAsync(TestRepository.Branch("nothing")),
            Throws.InstanceOf<SourceException>().With.Message.Contains("nothing")
        );
        Assert.That(
            async () => await repository.FetchAsync(new GitReference(null, null, ">=9", null, null)),
            Throws.InstanceOf<SourceException>().With.Message.EqualTo("no match found for semver: >=9")
        );
    }

    [TestCase("ext::sh -c touch% /tmp/x")]
    [TestCase("git://test.invalid/x")]
    [TestCase("--upload-pack=touch")]
    [TestCase("/etc")]
    [TestCase("http://user:secret@test.invalid/x")]
    [TestCase("ssh://-oProxyCommand=touch/x")]
    [TestCase("https://test.invalid/a b")]
    [TestCase("HTTPS://test.invalid/a")]
    [TestCase("fd::17")]
    public void Addresses_that_could_do_harm_are_refused(string url) =>
        Assert.That(
            () => GitRemote.Create(url, new Dictionary<string, byte[]>(StringComparer.Ordinal), "/tmp"),
            Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.Reason)).EqualTo("URLInvalid")
        );

    [Test]
    public void SSH_needs_a_known_host() =>
        Assert.That(
            () =>
                GitRemote.Create(
                    "ssh://git@test.invalid/x",
                    new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["identity"] = [1] },
                    "/tmp"
                ),
            Throws.InstanceOf<SourceException>().With.Property(nameof(SourceException.Reason)).EqualTo("AuthenticationFailed")
        );

    [Test]
    public void Credentials_stay_out_of_the_arguments()
    {
        var secret = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["username"] = "u"u8.ToArray(),
            ["password"] = "p"u8.ToArray(),
        };
        var remote = GitRemote.Create("https://test.invalid/x", secret, "/tmp");
        Assert.That(remote.Url, Is.EqualTo("https://test.invalid/x"));
        Assert.That(
            remote.Settings.Configuration,
            Is.EqualTo(new[] { ("http.https://test.invalid/x.extraHeader", "Authorization: Basic dTpw") })
        );
    }
}
