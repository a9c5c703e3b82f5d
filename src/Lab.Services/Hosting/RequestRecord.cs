namespace Lab.Services.Hosting;

/// <summary>One request to the services, as kept for evidence.</summary>
/// <param name="At">When it came.</param>
/// <param name="From">Who sent it: an address, or <c>segment</c> when it came through the segment's socket.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query as received; at most 512 characters.</param>
/// <param name="Range">The range asked for, if any.</param>
/// <param name="Status">The status answered.</param>
/// <param name="Bytes">Bytes of the response body that were written.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Aborted">Whether the connection ended before the answer did.</param>
/// <param name="Error">What went wrong on our side, if anything.</param>
public sealed record RequestRecord(
    DateTimeOffset At,
    string From,
    string Method,
    string Target,
    string? Range,
    int Status,
    long Bytes,
    double Milliseconds,
    bool Aborted,
    string? Error = null
);
