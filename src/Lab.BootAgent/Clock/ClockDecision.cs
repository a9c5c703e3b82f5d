namespace Lab.BootAgent.Clock;

/// <summary>Which time is believed.</summary>
/// <param name="Source"><c>rtc</c> or <c>http-date</c>.</param>
/// <param name="Time">The time.</param>
internal sealed record ClockDecision(string Source, DateTimeOffset Time)
{
    // Beyond what a clock drifts in a year without being set.
    private static readonly TimeSpan Doubtful = TimeSpan.FromDays(1);

    /// <summary>
    /// Why a time may be wrong, where the services say another. Nothing is decided by it, for they are not authentic: it tells a wrong clock
    /// from metadata that has expired.
    /// </summary>
    /// <param name="server">What the rig's services say.</param>
    /// <returns>Null when there is no doubt.</returns>
    public string? FindDoubt(DateTimeOffset? server) =>
        Source == "rtc" && server is { } other && (Time - other).Duration() > Doubtful
            ? $"the hardware clock says {Time:u}, the services say {other:u}; set the board's clock if they are right"
            : null;

    /// <summary>The hardware clock's, if it is not before the floor; else the server's, under the same condition; else none.</summary>
    /// <param name="floor">The time the image was made: any earlier clock is wrong.</param>
    /// <param name="hardware">What the hardware clock gave the kernel.</param>
    /// <param name="server">What the rig's services say; asked only if needed.</param>
    public static async Task<ClockDecision?> MakeAsync(
        DateTimeOffset floor,
        DateTimeOffset hardware,
        Func<Task<DateTimeOffset?>> server
    )
    {
        if (hardware >= floor)
            return new ClockDecision("rtc", hardware);
        return await server() is { } time && time >= floor ? new ClockDecision("http-date", time) : null;
    }
}
