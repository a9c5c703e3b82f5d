using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Lab.Model.Runs;

namespace Lab.Controller.Runs;

/// <summary>The events of one run. Any number of readers, each of which gets all of them from the first on, at its own pace.</summary>
public sealed class RunEventStream
{
    private readonly Lock _gate = new();
    private readonly List<RunEvent> _events = [];
    private readonly List<Channel<RunEvent>> _readers = [];
    private bool _completed;

    /// <summary>What has been published until now.</summary>
    public IReadOnlyList<RunEvent> Published
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Hands an event to all readers; never waits for one.</summary>
    public void Publish(RunEvent runEvent)
    {
        lock (_gate)
        {
            _events.Add(runEvent);
            _readers.ForEach(reader => reader.Writer.TryWrite(runEvent));
        }
    }

    /// <summary>Ends the stream: readers end after its last event.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            _readers.ForEach(reader => reader.Writer.TryComplete());
        }
    }

    /// <summary>All events from the first on, until the stream ends. What is published after this call is not missed.</summary>
    public IAsyncEnumerable<RunEvent> ReadAsync(CancellationToken cancellationToken) =>
        EnumerateAsync(Subscribe(), cancellationToken);

    private Channel<RunEvent> Subscribe()
    {
        var channel = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            _events.ForEach(runEvent => channel.Writer.TryWrite(runEvent));
            if (_completed)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                _readers.Add(channel);
            }
        }

        return channel;
    }

    private async IAsyncEnumerable<RunEvent> EnumerateAsync(
        Channel<RunEvent> channel,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        try
        {
            await foreach (var runEvent in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return runEvent;
            }
        }
        finally
        {
            lock (_gate)
            {
                _readers.Remove(channel);
            }
        }
    }
}
