namespace Lab.Trust.EventLogs;

/// <summary>EV_EVENT_TAG: the kernel's EFI stub writes these for the initrd and the command line.</summary>
/// <param name="Tag">Who wrote it, by convention.</param>
/// <param name="Data">The tagged bytes.</param>
public sealed record TaggedEventData(uint Tag, ReadOnlyMemory<byte> Data) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"tag 0x{Tag:X8}: {new RawEventData(Data, null).Describe()}";

    internal static TaggedEventData Read(ReadOnlyMemory<byte> data)
    {
        var reader = new LogReader(data.Span);
        var tag = reader.U32("the tag");
        var size = reader.Size("the tagged event's size", EventLogLimits.MaxEventData);
        var start = reader.Position;
        reader.Bytes(size, "the tagged event");
        reader.End("the tagged event");
        return new TaggedEventData(tag, data.Slice(start, size));
    }
}
