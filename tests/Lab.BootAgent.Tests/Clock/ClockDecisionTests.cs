using Lab.BootAgent.Clock;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Clock;

internal sealed class ClockDecisionTests
{
    private static readonly DateTimeOffset Floor = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task The_hardware_clock_is_believed_from_the_floor_on()
    {
        var decision = await ClockDecision.MakeAsync(Floor, Floor, () => throw new InvalidOperationException("not to be asked"));
        Assert.That(decision, Is.EqualTo(new ClockDecision("rtc", Floor)));
    }

    [Test]
    public async Task A_board_without_a_clock_asks_the_services()
    {
        var time = Floor.AddDays(9);
        var decision = await ClockDecision.MakeAsync(
            Floor,
            DateTimeOffset.UnixEpoch,
            () => Task.FromResult<DateTimeOffset?>(time)
        );
        Assert.That(decision, Is.EqualTo(new ClockDecision("http-date", time)));
    }

    [TestCase(-3650, true)]
    [TestCase(3650, true)]
    [TestCase(0, false)]
    [TestCase(null, false)]
    public void A_hardware_clock_that_the_services_contradict_by_years_is_doubtful(int? days, bool doubtful)
    {
        DateTimeOffset? server = days is { } number ? Floor.AddDays(number) : null;
        Assert.That(new ClockDecision("rtc", Floor).FindDoubt(server) is not null, Is.EqualTo(doubtful));
        Assert.That(new ClockDecision("http-date", Floor).FindDoubt(server), Is.Null, "nobody else was asked");
    }

    [TestCase(4, false)]
    [TestCase(6, true)]
    [TestCase(-6, true)]
    public void A_clock_that_is_off_by_more_than_a_connection_takes_is_set(int seconds, bool wrong) =>
        Assert.That(NodeClock.FindError(Floor, Floor.AddSeconds(seconds)), Is.EqualTo(wrong));

    [TestCase(-1)]
    [TestCase(null)]
    public async Task Services_that_say_no_time_or_an_impossible_one_are_not_believed(int? daysFromFloor)
    {
        DateTimeOffset? time = daysFromFloor is { } days ? Floor.AddDays(days) : null;
        Assert.That(await ClockDecision.MakeAsync(Floor, DateTimeOffset.UnixEpoch, () => Task.FromResult(time)), Is.Null);
    }
}
