using Lab.Scenarios.Progress;

namespace Lab.Scenarios.Tests.Progress;

[TestFixture]
public sealed class ProgressEventTests
{
    [Test]
    public void I_can_read_an_event_with_its_fields()
    {
        var progress = ProgressEvent.TryParse(
            """{"seq":3,"stage":"linuxboot","event":"measured","pcr":8,"kind":"kernel"}""",
            120,
            DateTimeOffset.UnixEpoch
        );

        Assert.That(progress, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(progress!.Sequence, Is.EqualTo(3));
            Assert.That(progress.Is("linuxboot", "measured"), Is.True);
            Assert.That(progress["pcr"], Is.EqualTo("8"));
            Assert.That(progress["kind"], Is.EqualTo("kernel"));
            Assert.That(progress["absent"], Is.Empty);
        });
    }

    [TestCase("""{"seq":1,"stage":"node"}""", TestName = "An event without a name is not an event")]
    [TestCase("""{"seq":"x","stage":"node","event":"ready"}""", TestName = "A sequence that is no number is refused")]
    [TestCase("""["seq"]""", TestName = "An array is refused")]
    [TestCase("""{"seq":1,"stage":{"a":{"b":1}},"event":"e"}""", TestName = "Nesting is refused")]
    [TestCase("""{"seq":1,"seq":2,"stage":"s","event":"e"}""", TestName = "A key that comes twice is refused")]
    [TestCase("{", TestName = "A cut line is refused")]
    public void Lines_that_are_not_events_are_refused(string json) =>
        Assert.That(ProgressEvent.TryParse(json, 0, DateTimeOffset.UnixEpoch), Is.Null);

    [Test]
    public void An_event_with_too_many_fields_is_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, ProgressEvent.MostFields).Select(n => $"\"f{n}\":1"));

        Assert.That(
            ProgressEvent.TryParse($$"""{"seq":1,"stage":"s","event":"e",{{many}}}""", 0, DateTimeOffset.UnixEpoch),
            Is.Null
        );
    }

    [Test]
    public void Damaged_lines_never_throw()
    {
        var random = new Random(20261123);
        var good = """{"seq":3,"stage":"linuxboot","event":"measured","pcr":8}""".ToCharArray();
        for (var round = 0; round < 5000; round++)
        {
            var damaged = (char[])good.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (char)random.Next(0, 256);
            }

            Assert.DoesNotThrow(() => ProgressEvent.TryParse(new string(damaged), 0, DateTimeOffset.UnixEpoch));
        }
    }
}
