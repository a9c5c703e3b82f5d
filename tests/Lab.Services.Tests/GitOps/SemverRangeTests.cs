using Lab.Services.GitOps.Sources;

namespace Lab.Services.Tests.GitOps;

public sealed class SemverRangeTests
{
    [TestCase(">=1.0.0 <2.0.0", new[] { "v0.9.0", "v1.2.0", "1.10.0", "2.0.0" }, "1.10.0")]
    [TestCase("1.x", new[] { "1.0.0", "1.9.9", "2.0.0" }, "1.9.9")]
    [TestCase("~1.2", new[] { "1.2.0", "1.2.9", "1.3.0" }, "1.2.9")]
    [TestCase("~1", new[] { "1.2.0", "1.3.0", "2.0.0" }, "1.3.0")]
    [TestCase("^1.2.3", new[] { "1.2.2", "1.9.0", "2.0.0" }, "1.9.0")]
    [TestCase("^0.2.3", new[] { "0.2.4", "0.3.0" }, "0.2.4")]
    [TestCase("^0.0.3", new[] { "0.0.3", "0.0.4" }, "0.0.3")]
    [TestCase("1.2 - 2.3.4", new[] { "1.1.9", "2.3.4", "2.3.5" }, "2.3.4")]
    [TestCase("1.2.3, != 1.2.3 || 3.0.0", new[] { "1.2.3", "3.0.0" }, "3.0.0")]
    [TestCase("*", new[] { "1.0.0-rc.1", "0.1.0" }, "0.1.0")]
    [TestCase(">=1.0.0-0", new[] { "1.0.0", "1.1.0-rc.1" }, "1.1.0-rc.1")]
    [TestCase(">1.2", new[] { "1.2.9", "1.3.0" }, "1.3.0")]
    [TestCase("<=1.2", new[] { "1.2.9", "1.3.0" }, "1.2.9")]
    [TestCase("= 1.2.3", new[] { "1.2.3", "1.2.4" }, "1.2.3")]
    [TestCase(">=2.0.0", new[] { "1.0.0", "latest", "main" }, null)]
    // A pre-release of the version at which a range ends is not in the range.
    [TestCase("^1.0.0-0", new[] { "1.5.0", "2.0.0-rc.1" }, "1.5.0")]
    public void The_newest_version_in_a_range_is_chosen(string range, string[] tags, string? expected) =>
        Assert.That(SemverRange.Parse(range).Choose(tags), Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("latest")]
    [TestCase(">= ")]
    [TestCase("1.2.3.4")]
    [TestCase("01.2.3")]
    [TestCase("1.x.3")]
    [TestCase("|| 1.0.0")]
    [TestCase("-1")]
    public void What_is_no_range_is_refused(string range) =>
        Assert.That(() => SemverRange.Parse(range), Throws.InstanceOf<FormatException>());

    [Test]
    public void Precedence_is_that_of_the_specification()
    {
        // Semantic Versioning 2.0.0, section 11.
        string[] ordered =
        [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
        ];
        var versions = ordered.Select(text => SemanticVersion.TryParse(text, out var version) ? version : null).ToList();
        Assert.That(versions, Is.Ordered.Ascending);
        Assert.That(versions, Has.None.Null);
    }

    [TestCase("1.0")]
    [TestCase("1.0.0-")]
    [TestCase("1.0.0-01")]
    [TestCase("1.0.0+")]
    [TestCase("1.0.0-a..b")]
    [TestCase("99999999999999999999.0.0")]
    public void What_is_no_version_is_refused(string text) => Assert.That(SemanticVersion.TryParse(text, out _), Is.False);

    [FsCheck.NUnit.Property]
    public void No_text_ends_in_anything_but_a_range_or_a_format_error(string? text)
    {
        try
        {
            SemverRange.Parse(text ?? "").Choose(["1.0.0", text ?? ""]);
        }
        catch (FormatException)
        {
            // As it should.
        }
    }
}
