namespace Lab.Trust.EventLogs;

/// <summary>Event data without a form known here, or not of the form its type demands.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="Problem">What does not fit; null when the type has no form known here.</param>
public sealed record RawEventData(ReadOnlyMemory<byte> Data, string? Problem) : EventData
{
    private const int Shown = 32;

    /// <inheritdoc/>
    public override string Describe()
    {
        var bytes = Convert.ToHexStringLower(Data.Span[..Math.Min(Data.Length, Shown)]) + (Data.Length > Shown ? "…" : "");
        return Problem is null ? bytes : $"{bytes} ({Problem})";
    }
}
