namespace Lab.Trust.EventLogs;

/// <summary>UEFI_IMAGE_LOAD_EVENT (firmware profile, 10.2.3): an EFI image was started. Its digest is the image's Authenticode hash.</summary>
/// <param name="Location">Where in memory.</param>
/// <param name="Length">Bytes of the image in memory.</param>
/// <param name="LinkTimeAddress">Where it was linked for.</param>
/// <param name="DevicePath">The EFI device path it came from, as bytes.</param>
public sealed record ImageLoadEventData(ulong Location, ulong Length, ulong LinkTimeAddress, ReadOnlyMemory<byte> DevicePath)
    : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"image of {Length} bytes, device path {new RawEventData(DevicePath, null).Describe()}";

    internal static ImageLoadEventData Read(ReadOnlyMemory<byte> data)
    {
        var reader = new LogReader(data.Span);
        var location = reader.U64("the image's location");
        var length = reader.U64("the image's length");
        var linkTime = reader.U64("the image's link-time address");
        var size = reader.U64("the device path's length");
        if (size != (ulong)reader.Remaining)
        {
            throw reader.Bad($"a device path of {size} bytes where {reader.Remaining} are left", 8);
        }

        return new ImageLoadEventData(location, length, linkTime, data[reader.Position..]);
    }
}
