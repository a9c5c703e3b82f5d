using System.Text;

namespace Lab.Trust.EventLogs;

/// <summary>UEFI_PLATFORM_FIRMWARE_BLOB and its successor with a description (firmware profile, 10.2.5).</summary>
/// <param name="Description">What it is; null in the first form.</param>
/// <param name="Base">Where in memory.</param>
/// <param name="Length">Bytes.</param>
public sealed record FirmwareBlobEventData(string? Description, ulong Base, ulong Length) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"{Description ?? "firmware"}: {Length} bytes at 0x{Base:X}";

    internal static FirmwareBlobEventData Read(ReadOnlyMemory<byte> data, bool isNamed)
    {
        var reader = new LogReader(data.Span);
        string? description = null;
        if (isNamed)
        {
            description = Encoding
                .Latin1.GetString(reader.Bytes(reader.U8("the description's size"), "the description"))
                .TrimEnd('\0');
        }

        var blob = new FirmwareBlobEventData(description, reader.U64("the blob's base"), reader.U64("the blob's length"));
        reader.End("the firmware blob");
        return blob;
    }
}
