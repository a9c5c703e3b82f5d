using System.Text;

namespace Lab.Trust.EventLogs;

/// <summary>Names of event types.</summary>
public static class LogEventTypes
{
    /// <summary>Whether the profile knows the type.</summary>
    public static bool IsKnown(LogEventType type) => Enum.IsDefined(type);

    /// <summary>The profile's name, such as EV_EFI_VARIABLE_BOOT; "0x…" for an unknown type.</summary>
    public static string NameOf(LogEventType type)
    {
        if (!IsKnown(type))
        {
            return $"0x{(uint)type:X8}";
        }

        var name = new StringBuilder("EV");
        foreach (var letter in type.ToString())
        {
            if (char.IsUpper(letter))
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
