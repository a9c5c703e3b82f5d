using System.Collections.Concurrent;
using Lab.Services.Attestation;

namespace Lab.Services.Tests.Attestation;

/// <summary>A source that writes down what it is told, and gives one thing first and another on renewal.</summary>
internal sealed class TestSource : ISecretSource
{
    public static byte[] Join => [.. "join"u8];

    public static byte[] Renewal => [.. "renewal"u8];

    public ConcurrentQueue<AttestedBoard> Attested { get; } = [];

    public ConcurrentQueue<RefusedBoard> Told { get; } = [];

    public Exception? Failure { get; set; }

    public bool RequiresNodeKey => true;

    public Task<byte[]> ReleaseAsync(AttestedBoard attested, CancellationToken cancellationToken)
    {
        if (Failure is not null)
            return Task.FromException<byte[]>(Failure);
        Attested.Enqueue(attested);
        return Task.FromResult(attested.IsRenewal ? Renewal : Join);
    }

    public void Refused(RefusedBoard refused) => Told.Enqueue(refused);
}
