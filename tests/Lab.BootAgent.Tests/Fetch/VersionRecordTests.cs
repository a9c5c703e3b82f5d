using Lab.BootAgent.Fetch;
using Lab.Trust.Tuf;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Fetch;

internal sealed class VersionRecordTests
{
    private static readonly TufVersions Trusted = new(2, 7, 6, 5);

    [Test]
    public void A_record_comes_back_for_the_root_it_was_made_for()
    {
        var record = VersionRecord.Build("root"u8, Trusted);
        Assert.That(record, Has.Length.EqualTo(VersionRecord.Size));
        Assert.That(VersionRecord.Parse(record, "root"u8), Is.EqualTo(Trusted));
        Assert.That(VersionRecord.Parse(record, "another root"u8), Is.Null);
    }

    [Test]
    public void What_is_no_record_is_refused()
    {
        Assert.That(() => VersionRecord.Parse(new byte[VersionRecord.Size], "root"u8), Throws.TypeOf<FormatException>());
        Assert.That(() => VersionRecord.Parse("HWLABV1\0"u8, "root"u8), Throws.TypeOf<FormatException>());
    }

    [TestCase(2, 7, 6, 5, null)]
    [TestCase(3, 8, 7, 6, null)]
    [TestCase(1, 8, 7, 6, "root 1 after 2")]
    [TestCase(2, 6, 6, 5, "timestamp 6 after 7")]
    [TestCase(2, 8, 5, 6, "snapshot 5 after 6")]
    [TestCase(2, 8, 7, 4, "targets 4 after 5")]
    public void Any_version_that_goes_back_is_found(long root, long timestamp, long snapshot, long targets, string? expected) =>
        Assert.That(
            VersionRecord.FindRollback(Trusted, new TufVersions(root, timestamp, snapshot, targets)),
            Is.EqualTo(expected)
        );
}
