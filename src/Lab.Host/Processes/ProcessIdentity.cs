using System.Globalization;
using System.Text;

namespace Lab.Host.Processes;

/// <summary>
/// Exactly one process of exactly one boot of this machine. A process id alone is reused; together with the start time and the boot id it is not.
/// </summary>
/// <param name="Id">The process id.</param>
/// <param name="StartTicks">Start time in clock ticks since boot: field 22 of <c>/proc/PID/stat</c>, proc_pid_stat(5).</param>
/// <param name="BootId">The kernel's boot id, <c>/proc/sys/kernel/random/boot_id</c>.</param>
/// <param name="Name">The command's name when it was recorded; for messages, never for finding it.</param>
public sealed record ProcessIdentity(int Id, long StartTicks, string BootId, string Name)
{
    /// <summary>The identity of a running process, or null when there is none with that id.</summary>
    public static ProcessIdentity? Of(int id, string name)
    {
        var ticks = ReadStartTicks(id);
        return ticks is null ? null : new ProcessIdentity(id, ticks.Value, CurrentBootId(), name);
    }

    /// <summary>Whether this very process still runs. A zombie that nobody has reaped counts as gone.</summary>
    public bool IsAlive => BootId == CurrentBootId() && ReadStartTicks(Id) == StartTicks;

    internal static string CurrentBootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static long? ReadStartTicks(int id)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat", Encoding.Latin1);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        return ParseStartTicks(stat);
    }

    /// <summary>Field 22. The command in field 2 stands in parentheses and may itself hold spaces and parentheses: count from the last one.</summary>
    internal static long? ParseStartTicks(string stat)
    {
        var end = stat.LastIndexOf(')');
        if (end < 0)
            return null;
        var fields = stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int State = 0; // field 3
        const int StartTime = 22 - 3;
        if (fields.Length <= StartTime || fields[State] is "Z" or "X")
            return null;
        return long.TryParse(fields[StartTime], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
    }
}
