namespace Lab.Trust.EventLogs;

/// <summary>EV_SEPARATOR.</summary>
/// <param name="Value">0 or 0xFFFFFFFF for the ordinary boundary; 1 for an error in the firmware (firmware profile, 3.3.2.2).</param>
public sealed record SeparatorEventData(uint Value) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"separator 0x{Value:X8}";

    internal static SeparatorEventData Read(ReadOnlyMemory<byte> data)
    {
        var reader = new LogReader(data.Span);
        var value = reader.U32("the separator");
        reader.End("the separator");
        return new SeparatorEventData(value);
    }
}
