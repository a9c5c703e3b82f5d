namespace Lab.Controller.Consoles;

/// <summary>The last lines of a console's file.</summary>
internal static class ConsoleHistoryFile
{
    private const int LongestLine = 512;

    /// <summary>Reads them, as the board has written them; nothing where it never said a word.</summary>
    public static byte[] ReadEnd(string path, int lines)
    {
        if (lines == 0 || !File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var length = (int)Math.Min(file.Length, (long)lines * LongestLine);
        file.Seek(-length, SeekOrigin.End);
        var end = new byte[length];
        file.ReadExactly(end);
        var begin = end.Length;
        for (var left = lines; begin > 0; begin--)
        {
            if (end[begin - 1] == '\n' && begin != end.Length && --left == 0)
            {
                break;
            }
        }

        return end[begin..];
    }
}
