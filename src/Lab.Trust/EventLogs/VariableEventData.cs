using System.Text;

namespace Lab.Trust.EventLogs;

/// <summary>UEFI_VARIABLE_DATA (firmware profile, 10.4.2.6).</summary>
/// <param name="Vendor">The variable's namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Data">Its value, or one signature of it for EV_EFI_VARIABLE_AUTHORITY.</param>
public sealed record VariableEventData(Guid Vendor, string Name, ReadOnlyMemory<byte> Data) : EventData
{
    /// <inheritdoc/>
    public override string Describe() => $"{Name}-{Vendor}: {new RawEventData(Data, null).Describe()}";

    internal static VariableEventData Read(ReadOnlyMemory<byte> data)
    {
        var reader = new LogReader(data.Span);
        var vendor = reader.Guid("the variable's vendor");
        var letters = reader.U64("the length of the variable's name");
        var size = reader.U64("the size of the variable");
        if (letters > EventLogLimits.MaxEventData / 2 || size > EventLogLimits.MaxEventData)
        {
            throw reader.Bad($"a variable with a name of {letters} letters and {size} bytes", 16);
        }

        var name = Encoding.Unicode.GetString(reader.Bytes(2 * (int)letters, "the variable's name"));
        var start = reader.Position;
        reader.Bytes((int)size, "the variable's data");
        reader.End("the variable");
        return new VariableEventData(vendor, name, data.Slice(start, (int)size));
    }
}
