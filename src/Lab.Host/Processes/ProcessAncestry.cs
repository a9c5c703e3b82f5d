using System.Globalization;
using System.Text;

namespace Lab.Host.Processes;

/// <summary>Who started whom: proc_pid_stat(5).</summary>
public static class ProcessAncestry
{
    // Longer than any chain of real processes; a torn read must not send us in circles.
    private const int MostAncestors = 256;

    /// <summary>The process that started this one; null when it is gone, and the system's first process has taken its place.</summary>
    public static ProcessIdentity? Parent => Ancestors().Skip(1).FirstOrDefault();

    /// <summary>This process, the one that started it, and so on; without the system's first process.</summary>
    public static IEnumerable<ProcessIdentity> Ancestors()
    {
        var id = Environment.ProcessId;
        for (var count = 0; count < MostAncestors && id > 1; count++)
        {
            if (ReadStat(id) is not { } stat || ProcessIdentity.Of(id, NameIn(stat)) is not { } identity)
                yield break;
            yield return identity;
            id = ParentIn(stat);
        }
    }

    /// <summary>A running process by its id, with the name that the kernel has for it; null when there is none.</summary>
    public static ProcessIdentity? Find(int id) => ReadStat(id) is { } stat ? ProcessIdentity.Of(id, NameIn(stat)) : null;

    /// <summary>Field 2, which stands in parentheses and may itself hold some.</summary>
    internal static string NameIn(string stat)
    {
        var (begin, end) = (stat.IndexOf('('), stat.LastIndexOf(')'));
        return begin >= 0 && end > begin ? stat[(begin + 1)..end] : "";
    }

    /// <summary>Field 4; 0 where there is none.</summary>
    internal static int ParentIn(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
            ? parent
            : 0;
    }

    private static string? ReadStat(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat", Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
