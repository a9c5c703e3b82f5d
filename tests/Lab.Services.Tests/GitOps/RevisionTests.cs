using Lab.Services.GitOps.Engine;
using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

public sealed class RevisionTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [TestCase("main", "main@sha1:" + Commit)]
    [TestCase("feature/a@b", "feature/a@b@sha1:" + Commit)]
    [TestCase("refs/pull/1/head", "refs/pull/1/head@sha1:" + Commit)]
    [TestCase(null, "sha1:" + Commit)]
    public void Revisions_are_written_and_read_as_Flux_does(string? reference, string text)
    {
        var revision = new GitRevision(reference, Commit);
        Assert.That(revision.ToString(), Is.EqualTo(text));
        Assert.That(GitRevision.TryParse(text), Is.EqualTo(revision));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("main")]
    [TestCase("main@sha1:123")]
    [TestCase("main@sha256:" + Commit)]
    [TestCase("main@sha1:0123456789ABCDEF0123456789abcdef01234567")]
    public void What_is_no_revision_is_none(string? text) => Assert.That(GitRevision.TryParse(text), Is.Null);

    [TestCase("main", true)]
    [TestCase("a/b", true)]
    [TestCase("--upload-pack=touch", false)]
    [TestCase("a..b", false)]
    [TestCase("a b", false)]
    [TestCase("a^", false)]
    [TestCase("a:b", false)]
    [TestCase("a.lock", false)]
    [TestCase(".a", false)]
    [TestCase("a/.b", false)]
    [TestCase("a/", false)]
    [TestCase("a@{1}", false)]
    [TestCase("", false)]
    public void Names_of_references_are_checked_before_git_sees_them(string name, bool isName) =>
        Assert.That(GitReference.IsRefName(name), Is.EqualTo(isName));

    [TestCase("1h0m0s", 3600)]
    [TestCase("90s", 90)]
    [TestCase("1m30s", 90)]
    [TestCase("1.5s", 1.5)]
    [TestCase("250ms", 0.25)]
    public void Durations_are_read_as_Go_writes_them(string text, double seconds) =>
        Assert.That(GoDuration.TryParse(text), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase("")]
    [TestCase("5")]
    [TestCase("s")]
    [TestCase("-5s")]
    [TestCase("0s")]
    [TestCase("1d")]
    [TestCase("999999999h")]
    [TestCase("5s ")]
    [TestCase("1.2.3s")]
    public void What_is_no_duration_is_none(string text) => Assert.That(GoDuration.TryParse(text), Is.Null);

    [TestCase(10, "10s")]
    [TestCase(300, "5m0s")]
    [TestCase(3600, "1h0m0s")]
    [TestCase(0.25, "250ms")]
    [TestCase(61.5, "1m1.5s")]
    public void Durations_are_written_as_Go_writes_them(double seconds, string text) =>
        Assert.That(GoDuration.Format(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
