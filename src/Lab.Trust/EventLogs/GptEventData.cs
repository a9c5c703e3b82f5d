using System.Text;

namespace Lab.Trust.EventLogs;

/// <summary>UEFI_GPT_DATA (firmware profile, 10.4.2.3): the disk that was booted from.</summary>
/// <param name="Disk">The disk's GUID.</param>
/// <param name="Partitions">The partitions in use.</param>
public sealed record GptEventData(Guid Disk, IReadOnlyList<GptPartition> Partitions) : EventData
{
    // EFI_PARTITION_TABLE_HEADER and EFI_PARTITION_ENTRY of the UEFI specification, 5.3.2 and 5.3.3.
    private const int DiskGuidOffset = 56;
    private const int EntrySize = 128;
    private const int NameSize = 72;
    private const int MaxPartitions = 1024;

    /// <inheritdoc/>
    public override string Describe() => $"disk {Disk}: {string.Join(", ", Partitions.Select(p => $"{p.Name} {p.Id}"))}";

    internal static GptEventData Read(ReadOnlyMemory<byte> data)
    {
        var reader = new LogReader(data.Span);
        reader.Bytes(DiskGuidOffset, "the partition table's header");
        var disk = reader.Guid("the disk's GUID");
        reader.Bytes(12, "the partition table's header");
        var entrySize = reader.U32("the partition entry's size");
        reader.U32("the partition table's checksum");
        var count = reader.U64("the number of partitions");
        if (entrySize != EntrySize || count > MaxPartitions)
        {
            throw reader.Bad($"{count} partition entries of {entrySize} bytes", 8);
        }

        var partitions = new List<GptPartition>();
        for (var i = 0ul; i < count; i++)
        {
            var type = reader.Guid("a partition's type");
            var id = reader.Guid("a partition's id");
            var first = reader.U64("a partition's first block");
            var last = reader.U64("a partition's last block");
            reader.U64("a partition's attributes");
            var name = Encoding.Unicode.GetString(reader.Bytes(NameSize, "a partition's name")).TrimEnd('\0');
            partitions.Add(new GptPartition(type, id, first, last, name));
        }

        reader.End("the partition table");
        return new GptEventData(disk, partitions);
    }
}
