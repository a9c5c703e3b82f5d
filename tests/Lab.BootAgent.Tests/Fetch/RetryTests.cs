using Lab.BootAgent.Events;
using Lab.BootAgent.Fetch;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Fetch;

internal sealed class RetryTests
{
    private readonly FakeTimeProvider time = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [TestCase(RefusalCode.TufSignature)]
    [TestCase(RefusalCode.DigestMismatch)]
    public void What_is_refused_for_good_is_not_tried_again(RefusalCode code)
    {
        var tries = 0;
        Assert.That(() => RunAsync(() => Refuse(ref tries, code)), Throws.TypeOf<RefusalException>());
        Assert.That(tries, Is.EqualTo(1));
    }

    [Test]
    public async Task What_may_pass_is_tried_four_times()
    {
        var tries = 0;
        var running = RunAsync(() => Refuse(ref tries, RefusalCode.FetchFailed));
        foreach (var seconds in (int[])[1, 2, 4])
            time.Advance(TimeSpan.FromSeconds(seconds));
        var refusal = await Assert.ThrowsAsync<RefusalException>(() => running);
        Assert.That(refusal!.Code, Is.EqualTo(RefusalCode.FetchFailed));
        Assert.That(tries, Is.EqualTo(4));
    }

    private Task<int> RunAsync(Func<Task<int>> action) => new Retry(time).RunAsync(action, CancellationToken.None);

    private static Task<int> Refuse(ref int tries, RefusalCode code)
    {
        tries++;
        return Task.FromException<int>(new RefusalException(code, "no"));
    }
}
