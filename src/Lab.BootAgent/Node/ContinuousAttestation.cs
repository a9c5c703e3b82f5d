using Lab.BootAgent.Cluster;
using Lab.BootAgent.Events;

namespace Lab.BootAgent.Node;

/// <summary>Shows again and again that the node is still what it was when it was let in.</summary>
/// <param name="attest">One whole exchange; gives what was released.</param>
/// <param name="node">The node's name.</param>
/// <param name="events">Told of each renewal, and once of each silence.</param>
/// <param name="time">The clock.</param>
internal sealed class ContinuousAttestation(
    Func<CancellationToken, Task<byte[]>> attest,
    string node,
    EventWriter events,
    TimeProvider time
)
{
    /// <summary>Done after each renewal, before the next pause.</summary>
    public Func<CancellationToken, Task> Afterwards { get; init; } = _ => Task.CompletedTask;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    /// <summary>Renews until it is denied.</summary>
    /// <param name="every">The pause between two renewals; each may change it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DenialException">The service said no, or cannot be understood.</exception>
    public async Task RunAsync(TimeSpan every, CancellationToken cancellationToken)
    {
        var pause = every;
        var silent = false;
        while (true)
        {
            await Task.Delay(pause, time, cancellationToken);
            try
            {
                every = JoinSecret.ParseRenewal(await attest(cancellationToken), node);
                pause = every;
                silent = false;
                events.Write("renewed");
                await Afterwards(cancellationToken);
            }
            catch (Exception error) when (NodeEvents.IsPassing(error))
            {
                // Silence is no verdict: whoever does not hear from this node ends its trust himself.
                if (!silent)
                    NodeEvents.Waiting(events, "attestation", error.Message);
                pause = silent && pause * 2 < every ? pause * 2 : ShortestPause;
                pause = pause < every ? pause : every;
                silent = true;
            }
            catch (FormatException error)
            {
                throw new DenialException("protocol", error.Message, inner: error);
            }
        }
    }
}
