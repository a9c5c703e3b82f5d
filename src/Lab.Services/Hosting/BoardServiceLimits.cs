namespace Lab.Services.Hosting;

/// <summary>What a board, or whoever sits in its place, may ask of the services at most.</summary>
public sealed record BoardServiceLimits
{
    /// <summary>Connections open at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Bytes of a request body, where a service does not set its own limit.</summary>
    public long RequestBody { get; init; } = 1 << 20;

    /// <summary>Requests handled at once; more are answered with 503.</summary>
    public int Concurrent { get; init; } = 64;

    /// <summary>How long a client may take for the headers of a request.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a graceful stop waits for requests in progress.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);
}
