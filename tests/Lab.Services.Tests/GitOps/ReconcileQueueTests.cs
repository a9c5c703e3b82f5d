using Lab.Services.GitOps.Api;
using Lab.Services.GitOps.Engine;
using Microsoft.Extensions.Time.Testing;

namespace Lab.Services.Tests.GitOps;

public sealed class ReconcileQueueTests
{
    private static readonly ObjectKey Key = new("a", "b");

    [Test]
    public async Task An_object_asked_for_while_it_is_worked_on_comes_again_and_its_waiting_is_cut_short()
    {
        var started = new SemaphoreSlim(0);
        var askedTwice = new TaskCompletionSource();
        var count = 0;
        using var stop = new CancellationTokenSource();
        using var queue = new ReconcileQueue(
            async (_, superseded, _) =>
            {
                if (Interlocked.Increment(ref count) > 1)
                {
                    started.Release();
                    return null;
                }

                var cut = new TaskCompletionSource();
                await using var registration = superseded.Register(cut.SetResult);
                started.Release();
                await cut.Task;
                await askedTwice.Task;
                return null;
            },
            TimeProvider.System
        );
        var running = queue.RunAsync(2, stop.Token);
        queue.Add(Key);
        await started.WaitAsync();
        queue.Add(Key);
        queue.Add(Key);
        askedTwice.SetResult();
        await started.WaitAsync();
        await stop.CancelAsync();
        await running;
        Assert.That(count, Is.EqualTo(2));
    }

    [Test]
    public async Task An_object_comes_again_after_the_time_that_it_gave()
    {
        var time = new FakeTimeProvider();
        var done = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        using var queue = new ReconcileQueue(
            (_, _, _) =>
            {
                done.Release();
                return Task.FromResult<TimeSpan?>(TimeSpan.FromMinutes(10));
            },
            time
        );
        var running = queue.RunAsync(1, stop.Token);
        queue.Add(Key);
        await done.WaitAsync();
        await AdvanceUntilAsync(time, TimeSpan.FromMinutes(10), done);
        await stop.CancelAsync();
        await running;
    }

    [Test]
    public async Task One_that_throws_is_told_of_and_tried_again()
    {
        var time = new FakeTimeProvider();
        var done = new SemaphoreSlim(0);
        var told = new List<string>();
        var count = 0;
        using var stop = new CancellationTokenSource();
        using var queue = new ReconcileQueue(
            (_, _, _) =>
            {
                if (Interlocked.Increment(ref count) == 1)
                    throw new InvalidOperationException("first");
                done.Release();
                return Task.FromResult<TimeSpan?>(null);
            },
            time
        )
        {
            OnFailure = (key, exception) => told.Add($"{key}: {exception.Message}"),
        };
        var running = queue.RunAsync(1, stop.Token);
        queue.Add(Key);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), done);
        await stop.CancelAsync();
        await running;
        Assert.That(told, Is.EqualTo(new[] { "a/b: first" }));
    }

    // The timer is set after the work is told of: turn the clock until it has run.
    private static async Task AdvanceUntilAsync(FakeTimeProvider time, TimeSpan step, SemaphoreSlim done)
    {
        var waiting = done.WaitAsync();
        while (!waiting.IsCompleted)
        {
            time.Advance(step);
            await Task.Yield();
        }

        await waiting;
    }
}
