using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Controller.Tracing;
using Lab.Controller.Tracing.Kubernetes;
using NUnit.Framework;

namespace Lab.Controller.Tests.Tracing;

[TestFixture]
internal sealed class TraceIdsTests
{
    [TestCase("00000000000000000000000001", "00000000000000000000000000000001")]
    [TestCase("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "ffffffffffffffffffffffffffffffff")]
    [TestCase("01J9ZK3W8Q5T7V0N2M4R6S8X1C", "01927f31f1172e8fb05454260d94742c")]
    public void A_runs_trace_is_the_bits_of_its_ULID(string run, string trace) =>
        Assert.That(TraceIds.OfRun(run), Is.EqualTo(trace));

    [Test]
    public void The_first_twelve_digits_of_a_trace_are_the_runs_time()
    {
        var trace = TraceIds.OfRun(RunId.Create(SampleRun.Start));
        Assert.That(Convert.ToInt64(trace[..12], 16), Is.EqualTo(SampleRun.Start.ToUnixTimeMilliseconds()));
    }

    [TestCase("")]
    [TestCase("00000000000000000000000000")]
    [TestCase("nonsense")]
    public void A_run_whose_id_is_no_trace_has_one_all_the_same(string run) =>
        Assert.That(TraceIds.OfRun(run), Does.Match("^[0-9a-f]{32}$").And.Not.EqualTo(new string('0', 32)));

    [Test]
    public void Spans_have_ids_by_their_place()
    {
        var trace = TraceIds.OfRun(SampleRun.Passed.Id);
        var once = TraceIds.OfSpan(trace, "stage", "a");
        Assert.Multiple(() =>
        {
            Assert.That(TraceIds.OfSpan(trace, "stage", "a"), Is.EqualTo(once));
            Assert.That(TraceIds.OfSpan(trace, "stage", "a"), Is.Not.EqualTo(TraceIds.OfSpan(trace, "stage", "b")));
            Assert.That(TraceIds.OfSpan(trace, "a", "bc"), Is.Not.EqualTo(TraceIds.OfSpan(trace, "ab", "c")));
            Assert.That(TraceIds.OfSpan(trace, "run"), Does.Match("^[0-9a-f]{16}$"));
        });
    }

    // The hash of "foobar" is one of the test vectors of FNV's authors (RFC 9923, appendix); an event's first state has a count of 1.
    [Test]
    public void Events_and_objects_have_the_ids_that_kspan_gives()
    {
        Assert.Multiple(() =>
        {
            Assert.That(KspanIds.Event("foobar", 0), Is.EqualTo("85944171f73967e8"));
            Assert.That(KspanIds.Event("fooba", 0), Is.Not.EqualTo(KspanIds.Event("fooba", 1)));
            Assert.That(KspanIds.Trace("", 0), Has.Length.EqualTo(32));
            Assert.That(KspanIds.Trace("uid", 1), Is.Not.EqualTo(KspanIds.Trace("uid", 2)));
            Assert.That(KspanIds.Object("uid", 1), Does.Match("^[0-9a-f]{16}$"));
        });
    }
}
