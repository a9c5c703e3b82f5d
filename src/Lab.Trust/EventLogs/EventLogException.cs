namespace Lab.Trust.EventLogs;

/// <summary>An event log is malformed, or beyond the limits of <see cref="EventLogLimits"/>.</summary>
/// <param name="offset">Where in the log, in bytes from its start.</param>
/// <param name="problem">What is wrong there.</param>
public sealed class EventLogException(int offset, string problem) : Exception($"{problem} (at byte {offset} of the event log)")
{
    /// <summary>Where in the log, in bytes from its start.</summary>
    public int Offset { get; } = offset;

    /// <summary>What is wrong there.</summary>
    public string Problem { get; } = problem;
}
