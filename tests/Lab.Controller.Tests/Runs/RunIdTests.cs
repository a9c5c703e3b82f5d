using Lab.Controller.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class RunIdTests
{
    // The example of the ULID specification's readme: 1469918176385 ms are "01ARYZ6S41".
    [Test]
    public void The_time_comes_first() =>
        Assert.That(
            RunId.Create(DateTimeOffset.FromUnixTimeMilliseconds(1469918176385)),
            Does.StartWith("01ARYZ6S41").And.Length.EqualTo(26)
        );

    [Test]
    public void Ids_are_valid_and_differ()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => RunId.Create(DateTimeOffset.UnixEpoch)).ToList();
        Assert.That(ids, Is.Unique.And.All.Matches<string>(id => RunId.IsValid(id!)));
    }

    [TestCase("01ARYZ6S41TSV4RRFFQ69G5FA")]
    [TestCase("81ARYZ6S41TSV4RRFFQ69G5FAV")]
    [TestCase("01aryz6s41tsv4rrffq69g5fav")]
    [TestCase("01ARYZ6S41TSV4RRFFQ69G5FAU")]
    public void What_is_no_id_is_told(string text) => Assert.That(RunId.IsValid(text), Is.False);
}
