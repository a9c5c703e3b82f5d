using System.Text;
using System.Threading.Channels;
using Lab.BootAgent.Events;
using Lab.BootAgent.Interop;
using Lab.BootAgent.Supervision;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Lab.BootAgent.Tests.Supervision;

/// <summary>With real programs of this machine; only the clock is not.</summary>
internal sealed class ServiceTests
{
    private readonly Channel<string> events = Channel.CreateUnbounded<string>();
    private string folder = "";

    [SetUp]
    public void Make_a_folder() => folder = Directory.CreateTempSubdirectory("hwlab-service-").FullName;

    [TearDown]
    public void Remove_the_folder() => Directory.Delete(folder, recursive: true);

    [Test]
    [CancelAfter(30_000)]
    public async Task A_program_that_ends_is_said_and_started_again(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var lines = Channel.CreateUnbounded<string>();
        var log = new BoundedLog(folder, "sh");
        using var service = new Service(
            "sh",
            () => ("/bin/sh", ["-c", "echo hello; echo 'error: broken' >&2; exit 3"]),
            log,
            Events(),
            time
        )
        {
            OnLine = line => lines.Writer.TryWrite(line),
        };
        service.Start();
        service.Start();
        Assert.That(await events.Reader.ReadAsync(cancellationToken), Does.Contain("\"sh\"").And.Contain("exit code 3"));
        Assert.That(await lines.Reader.ReadAsync(cancellationToken), Is.AnyOf("hello", "error: broken"));
        var second = events.Reader.ReadAsync(cancellationToken).AsTask();
        while (!second.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(second, Task.Delay(5, cancellationToken));
        }

        Assert.That(await second, Does.Contain("\"restartSeconds\":2"), "ever later");
        await service.StopAsync();
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_program_is_ended_by_a_signal(CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource();
        using var log = new BoundedLog(folder, "sh");
        using var child = Child.Start("/bin/sh", ["-c", "echo up; exec sleep 600"], log, _ => ready.TrySetResult());
        await ready.Task.WaitAsync(cancellationToken);
        await child.StopAsync(TimeProvider.System);
        Assert.That(await child.Ended, Is.EqualTo(143));
    }

    [Test]
    public void A_program_that_is_not_there_is_an_error_of_its_own()
    {
        using var log = new BoundedLog(folder, "none");
        Assert.That(() => Child.Start("/nonexistent/program", [], log), Throws.TypeOf<LinuxException>());
    }

    [Test]
    public void A_log_does_not_grow_past_its_limit_and_remembers_its_end()
    {
        using (var log = new BoundedLog(folder, "loud", limit: 1000))
        {
            for (var i = 0; i < 1000; i++)
                log.Add($"line {i}");
            Assert.That(log.Tail(), Has.Count.EqualTo(BoundedLog.TailLimit));
            Assert.That(log.Tail()[^1], Is.EqualTo("line 999"));
        }

        var size = Directory.EnumerateFiles(folder, "loud.log*").Sum(file => new FileInfo(file).Length);
        Assert.That(size, Is.LessThanOrEqualTo(2000));
        Assert.That(File.ReadAllText(Path.Combine(folder, "loud.log")), Does.EndWith("line 999\n"));
    }

    [Test]
    public void The_last_words_are_the_complaint_and_not_what_follows_it()
    {
        string[] lines = ["I1123 fine", "F1123 14:00:00 server.go:1] cannot", "goroutine 1 [running]:", ""];
        Assert.That(Service.LastWords(lines), Does.StartWith("F1123"));
        Assert.That(Service.LastWords(["a", "b", ""]), Is.EqualTo("b"));
        Assert.That(Service.LastWords([]), Is.EqualTo("it said nothing"));
    }

    private EventWriter Events() => new(bytes => events.Writer.TryWrite(Encoding.UTF8.GetString(bytes.Span)), "node");
}
