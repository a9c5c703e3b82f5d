using System.Text;
using System.Threading.Channels;
using Lab.BootAgent.Clock;
using Lab.BootAgent.Events;
using Lab.BootAgent.Node;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Node;

internal sealed class ContinuousAttestationTests
{
    private static readonly byte[] Renewal = """{"version":1,"node":"virt-1","attestEverySeconds":20}"""u8.ToArray();
    private readonly StringBuilder console = new();
    private readonly FakeTimeProvider time = new();

    [Test]
    [CancelAfter(30_000)]
    public async Task It_renews_at_the_pace_that_it_is_told_and_ends_with_a_denial(CancellationToken cancellationToken)
    {
        var asked = Channel.CreateUnbounded<DateTimeOffset>();
        Queue<Func<byte[]>> answers = new([
            () => Renewal,
            () => throw new HttpRequestException("gone"),
            () => throw new HttpRequestException("gone"),
            () => Renewal,
            () => throw new DenialException("reference-value", "PCR 8 differs", 8),
        ]);
        var running = new ContinuousAttestation(
            _ =>
            {
                asked.Writer.TryWrite(time.GetUtcNow());
                return Task.FromResult(answers.Dequeue()());
            },
            "virt-1",
            new EventWriter(bytes => console.Append(Encoding.UTF8.GetString(bytes.Span)), "node"),
            time
        ).RunAsync(TimeSpan.FromSeconds(15), cancellationToken);
        var start = time.GetUtcNow();
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(running, Task.Delay(1, cancellationToken));
        }

        var denial = await Assert.ThrowsAsync<DenialException>(() => running);
        Assert.That(denial!.Code, Is.EqualTo("reference-value"));
        asked.Writer.Complete();
        var moments = await asked
            .Reader.ReadAllAsync(cancellationToken)
            .Select(at => (at - start).TotalSeconds)
            .ToListAsync(cancellationToken);
        Assert.That(moments[0], Is.GreaterThanOrEqualTo(15));
        Assert.That(moments[1] - moments[0], Is.GreaterThanOrEqualTo(20), "as the renewal said");
        Assert.That(moments[2] - moments[1], Is.LessThan(15), "silence is asked about soon");
        Assert.That(console.ToString().Split("\"renewed\"").Length - 1, Is.EqualTo(2));
        Assert.That(console.ToString().Split("\"waiting\"").Length - 1, Is.EqualTo(1), "said once");
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_renewal_for_another_node_is_a_denial(CancellationToken cancellationToken)
    {
        var running = new ContinuousAttestation(
            _ => Task.FromResult(Renewal),
            "virt-2",
            new EventWriter(_ => { }, "node"),
            time
        ).RunAsync(TimeSpan.FromSeconds(1), cancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await Assert.ThrowsAsync<DenialException>(() => running))!.Code, Is.EqualTo("protocol"));
    }

    [Test]
    public void A_full_disk_is_said_once_and_so_is_its_end()
    {
        var watch = new DiskWatch(new EventWriter(bytes => console.Append(Encoding.UTF8.GetString(bytes.Span)), "node"), time);
        console.Clear();
        foreach (var free in (long[])[500, 60, 40, 30, 60, 90, 200, 300])
            watch.Look(free, 1000);
        var names = console.ToString().Split('\n').Where(line => line.Contains("disk-", StringComparison.Ordinal)).ToList();
        Assert.That(names, Has.Count.EqualTo(2));
        Assert.That(names[0], Does.Contain("\"disk-full\",\"freeBytes\":40"));
        Assert.That(names[1], Does.Contain("\"disk-ok\",\"freeBytes\":200"));
    }

    [Test]
    public void A_clock_that_is_years_off_is_set_to_what_LinuxBoot_believed()
    {
        var then = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        var up = TimeSpan.FromSeconds(4);
        Assert.That(NodeClock.Correct(then, then + up, up), Is.Null);
        Assert.That(NodeClock.Correct(then, then - TimeSpan.FromDays(9000), up), Is.EqualTo(then + up));
        Assert.That(NodeClock.Correct(then, then + TimeSpan.FromDays(9000), up), Is.EqualTo(then + up));
        Assert.That(NodeClock.Correct(null, then, up), Is.Null);
    }
}
