using Lab.Controller.Runs;
using Lab.Controller.Tests.Samples;
using Lab.Model.Runs;
using NUnit.Framework;

namespace Lab.Controller.Tests.Runs;

[TestFixture]
internal sealed class RunEventStreamTests
{
    [Test]
    public async Task Every_reader_gets_every_event_whenever_it_comes()
    {
        var stream = new RunEventStream();
        var early = ReadAsync(stream);
        stream.Publish(Event("one"));
        var late = ReadAsync(stream);
        stream.Publish(Event("two"));
        stream.Complete();
        string[] all = ["one", "two"];
        Assert.That((await early, await late, await ReadAsync(stream)), Is.EqualTo((all, all, all)));
    }

    private static RunEvent.StageStarted Event(string name) => new(SampleRun.Start, name);

    private static Task<string[]> ReadAsync(RunEventStream stream)
    {
        var events = stream.ReadAsync(CancellationToken.None);
        return Task.Run(async () =>
        {
            var names = new List<string>();
            await foreach (var item in events)
            {
                names.Add(((RunEvent.StageStarted)item).Stage);
            }

            return names.ToArray();
        });
    }
}
